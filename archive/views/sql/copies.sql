-- Articles that carry the same story as another: linked by address, by their words or by most of them, never merged.
SELECT
  r.story,
  r.article,
  r.article = r.story AS original,
  r.linked_to,
  r.how,
  {share:r.similarity} AS similarity,
  a.feed,
  a.outlet,
  a.url,
  a.published_at,
  a.captured_at,
  (SELECT count(*) FROM story_rows o WHERE o.story = r.story) AS articles,
  a.position
FROM story_rows r
JOIN article_rows a ON a.article = r.article AND a.revision = 1
WHERE EXISTS (SELECT 1 FROM story_rows o WHERE o.story = r.story AND o.article <> r.article)
