-- Who held which stance when, and from when to when the archive said so; rows that were superseded are kept.
SELECT
  r.actor,
  who.name AS actor_name,
  who.kind AS actor_kind,
  r.topic,
  r.stance,
  {score:r.stance} AS score,
  r.valid_from,
  r.valid_to,
  r.known_from,
  r.known_to,
  r.known_since,
  r.known_until,
  r.cause,
  {share:r.confidence} AS confidence,
  r.directness,
  coalesce(principal.canonical, r.speaks_for) AS speaks_for,
  r.precision,
  r.method,
  r.assessment,
  r.statement,
  s.quote,
  s.condition,
  s.role,
  s.via,
  s.article,
  s.revision,
  article.url,
  article.outlet,
  article.published_at,
  r.position,
  s.content_spans
FROM stance_rows r
-- Outer joins by unique keys: a database leaves out those of which a question wants nothing
LEFT JOIN statement_rows s ON s.position = r.position
LEFT JOIN actor_rows who ON who.actor = r.actor
LEFT JOIN actor_rows principal ON principal.actor = r.speaks_for
LEFT JOIN article_rows article ON article.article = s.article AND article.revision = s.revision
