-- The exact words behind the label that an actor has on a topic now, with their place and source.
-- :actor actor  the actor
-- :topic topic  the topic
SELECT stance, quote, content_spans, statement, article, revision, url, outlet, published_at, method, confidence
FROM current_stance
WHERE actor = :actor AND topic = :topic
