-- What waits for a person, with the statements it is about: unclear stances, and speakers that stand for nobody known.
SELECT 'unclear stance' AS kind, s.actor_name AS what, s.topic, count(*) AS uses, min(s.statement) AS statement,
  NULL AS actor
FROM statements s
WHERE NOT s.withdrawn AND s.stance = 'unclear'
GROUP BY s.actor_name, s.topic
UNION ALL
SELECT CASE m.reason WHEN 'nobody' THEN 'unresolved speaker' ELSE 'name only' END, m.mention, NULL, m.uses, m.statement,
  m.actor
FROM unresolved_mentions m
