-- Changes of stance since a date, this week's by default, each with its cause; only "statement" is the actor's own.
-- :since date = 7 days ago  from when on
SELECT valid_from, actor, actor_name, topic, from_stance, stance, cause, quote, outlet, url
FROM stance_changes
WHERE valid_from >= :since
ORDER BY valid_from DESC, actor, topic
