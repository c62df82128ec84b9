-- Who holds which stance on a topic now.
-- :topic topic  the topic
SELECT actor, actor_name, stance, score, valid_from, directness, quote, statement
FROM current_stance
WHERE topic = :topic
ORDER BY score DESC NULLS LAST, actor
