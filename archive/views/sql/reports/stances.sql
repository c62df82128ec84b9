-- Stances by topic and actor: the latest position of each, with the words it rests on.
SELECT actor, actor_name, topic, stance, score, valid_from, valid_to, cause, confidence, directness, speaks_for,
  precision, method, statement, quote, article, url, outlet, published_at, known_from, known_to, position
FROM {stances} h
WHERE {where}
ORDER BY topic, score IS NULL, score DESC, actor_name, actor
