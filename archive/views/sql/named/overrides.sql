-- Judgements by which a person said something else than the rules, and whose they are.
SELECT recorded_at, assessed_by, actor_name, topic, overridden, stance, counts, note, quote, statement
FROM overrides
ORDER BY position DESC
