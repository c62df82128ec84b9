-- All statements by an actor on a topic, in the order in which they were made.
-- :actor actor  the actor
-- :topic topic  the topic
SELECT valid_at, stance, quote, directness, statement, article, outlet, url
FROM statements
WHERE actor = :actor AND topic = :topic AND NOT withdrawn
ORDER BY valid_at, position
