-- Every captured revision of every article, with its text; whether it is the latest; whether it was taken down after.
SELECT
  a.article,
  a.revision,
  NOT EXISTS (SELECT 1 FROM article_rows n WHERE n.article = a.article AND n.revision > a.revision) AS latest,
  a.feed,
  a.outlet,
  a.url,
  {text:title.body} AS title,
  {text:author.body} AS author,
  {text:body.body} AS text,
  a.chars,
  a.text_source,
  a.language,
  a.published_at,
  a.published_raw,
  a.captured_at,
  removed.observed_at AS removed_at,
  removed.reason AS removed_reason,
  a.fingerprint,
  a.position,
  a.published_at IS NULL AND a.published_raw IS NOT NULL AS date_doubted
FROM article_rows a
LEFT JOIN parts title ON title.position = a.position AND title.name = 'title' AND NOT EXISTS (
  SELECT 1 FROM hidden_rows h WHERE h.position = a.position AND h.part = 'title' AND h.shown_position IS NULL)
LEFT JOIN parts author ON author.position = a.position AND author.name = 'author' AND NOT EXISTS (
  SELECT 1 FROM hidden_rows h WHERE h.position = a.position AND h.part = 'author' AND h.shown_position IS NULL)
LEFT JOIN parts body ON body.position = a.position AND body.name = 'text' AND NOT EXISTS (
  SELECT 1 FROM hidden_rows h WHERE h.position = a.position AND h.part = 'text' AND h.shown_position IS NULL)
LEFT JOIN removal_rows removed ON removed.article = a.article AND removed.position = (
  SELECT min(r.position) FROM removal_rows r WHERE r.article = a.article AND r.position > a.position)
