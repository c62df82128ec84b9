-- Speakers nobody could be told for, and names that alone do not tell whose they are: how often, and where last.
WITH open AS (
  SELECT coalesce(s.named, s.speaker) AS mention, 'nobody' AS reason, s.article, s.position
  FROM statement_rows s
  WHERE s.actor IS NULL AND NOT EXISTS (SELECT 1 FROM withdrawal_rows w WHERE w.statement = s.statement)
  UNION ALL
  SELECT coalesce(s.named, s.speaker), 'name only', s.article, s.position
  FROM actor_rows who
  CROSS JOIN statement_rows s  -- in this order: the actors are fewer
  WHERE s.actor = who.actor AND who.canonical = who.actor AND substr(who.actor, 1, 7) = 'person:'
    AND length(who.actor) - length(replace(who.actor, ':', '')) > 1
    AND NOT EXISTS (SELECT 1 FROM withdrawal_rows w WHERE w.statement = s.statement)
), counted AS (
  SELECT o.reason, o.mention, count(*) AS uses, count(DISTINCT o.article) AS articles, max(o.position) AS last
  FROM open o
  GROUP BY o.reason, o.mention
)
SELECT
  c.mention,
  c.reason,
  c.uses,
  c.articles,
  s.actor,
  s.role,
  s.named_country AS country,
  s.valid_at,
  s.statement,
  s.quote,
  s.article,
  article.url,
  article.outlet,
  article.published_at,
  s.position
FROM counted c
JOIN statement_rows s ON s.position = c.last
LEFT JOIN article_rows article ON article.article = s.article AND article.revision = s.revision
