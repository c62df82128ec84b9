-- Who held which stance on a topic on a date, as is known now.
-- :topic topic  the topic
-- :day date  the date, or the moment
SELECT actor, actor_name, stance, score, valid_from, valid_to, directness, quote, statement
FROM stance_history
WHERE topic = :topic AND known_to IS NULL
  AND valid_from <= :day AND (valid_to IS NULL OR valid_to > :day)
ORDER BY score DESC NULLS LAST, actor
