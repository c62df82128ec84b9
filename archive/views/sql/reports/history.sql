-- The course of an actor's stance, each step with its cause and words.
SELECT actor, actor_name, topic, stance, score, valid_from, valid_to, cause, confidence, directness, speaks_for,
  precision, method, statement, quote, article, url, outlet, published_at, {first_known} AS known_from, position
FROM stance_history h
WHERE known_to IS NULL AND {where}
ORDER BY topic, valid_from
