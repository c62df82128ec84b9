-- Statements that an outlet altered or removed by editing the article, or taking it down.
-- :since date = 365 days ago  from when on
SELECT observed_at, effect, actor_name, old_quote, new_quote, article, revision, outlet, url
FROM revision_effects
WHERE observed_at >= :since AND effect IN ('changed', 'orphaned', 'vanished')
ORDER BY observed_at DESC, article, position, old_statement
