-- What the archive believed on a date: who held which stance on a topic then, as was known then.
-- :topic topic  the topic
-- :day date  the date, or the moment, of both the stance and the knowledge
SELECT actor, actor_name, stance, score, valid_from, known_from, directness, quote, statement
FROM stance_history
WHERE topic = :topic
  AND known_since <= :day AND (known_until IS NULL OR known_until > :day)
  AND valid_from <= :day AND (valid_to IS NULL OR valid_to > :day)
ORDER BY score DESC NULLS LAST, actor
