-- What waits for a person: unclear stances, then speakers nobody could be told for; the most used first.
SELECT 'unclear stance' AS kind, actor_name AS what, topic, count(*) AS uses, min(statement) AS statement,
  min(quote) AS quote
FROM statements
WHERE NOT withdrawn AND stance = 'unclear'
GROUP BY actor_name, topic
UNION ALL
SELECT 'unresolved speaker', speaker, NULL, count(DISTINCT statement), min(statement), min(quote)
FROM statements
WHERE NOT withdrawn AND actor IS NULL
GROUP BY speaker
ORDER BY uses DESC, kind, what
