-- Speakers nobody could be told for, and names that alone do not tell whose they are: how often, and where last.
WITH open AS (
  SELECT s.*, coalesce(s.named, s.speaker) AS mention,
    CASE WHEN s.actor IS NULL THEN 'nobody' ELSE 'name only' END AS reason
  FROM statement_rows s
  LEFT JOIN actor_rows who ON who.actor = s.actor
  WHERE (s.actor IS NULL OR (
      substr(s.actor, 1, 7) = 'person:' AND length(s.actor) - length(replace(s.actor, ':', '')) > 1 AND who.canonical = who.actor))
    AND NOT EXISTS (SELECT 1 FROM withdrawal_rows w WHERE w.statement = s.statement)
), counted AS (
  SELECT o.*,
    count(*) OVER (PARTITION BY o.reason, o.mention) AS uses,
    row_number() OVER (PARTITION BY o.reason, o.mention ORDER BY o.valid_at DESC, o.position DESC) AS age
  FROM open o
)
SELECT
  c.mention,
  c.reason,
  c.uses,
  (SELECT count(DISTINCT o.article) FROM open o
    WHERE o.reason = c.reason AND (o.mention = c.mention OR (o.mention IS NULL AND c.mention IS NULL))) AS articles,
  c.actor,
  c.role,
  c.named_country AS country,
  c.valid_at,
  c.statement,
  c.quote,
  c.article,
  article.url,
  article.outlet,
  article.published_at,
  c.position
FROM counted c
LEFT JOIN article_rows article ON article.article = c.article AND article.revision = c.revision
WHERE c.age = 1
