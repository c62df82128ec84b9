-- How every feed fares: when it last answered and brought something new, and what is wrong where it does not.
WITH latest AS (
  SELECT f.feed, (SELECT max(a.captured_at) FROM article_rows a WHERE a.feed = f.feed) AS captured_at FROM feed_rows f
)
SELECT
  f.feed,
  f.title,
  coalesce(state.url, f.url) AS url,
  f.language,
  CASE
    WHEN f.retired_position IS NOT NULL THEN 'retired'
    WHEN state.last_polled_at IS NULL THEN 'never polled'
    WHEN state.failures > 0 THEN 'failing'
    WHEN latest.captured_at IS NULL OR latest.captured_at < {days_ago:14} THEN 'silent'
    ELSE 'ok'
  END AS health,
  state.last_polled_at,
  state.last_success_at,
  state.due_at,
  latest.captured_at AS last_article_at,
  coalesce(state.failures, 0) AS failures,
  state.last_error,
  (SELECT count(*) FROM polls p WHERE p.feed = f.feed AND p.started_at >= {days_ago:7}) AS polls_7d,
  (SELECT coalesce(sum(p.new + p.revised), 0) FROM polls p
    WHERE p.feed = f.feed AND p.started_at >= {days_ago:7}) AS captured_7d
FROM feed_rows f
JOIN latest ON latest.feed = f.feed
LEFT JOIN feed_state state ON state.feed = f.feed
