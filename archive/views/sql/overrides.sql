-- Every judgement by which a person said something else than the rules: who, when, which label for which, and why.
WITH judged AS (
  SELECT a.*,
    (SELECT max(m.position) FROM assessment_rows m
      WHERE m.statement = a.statement AND m.topic = a.topic AND m.method <> 'person' AND m.position < a.position) AS machine
  FROM assessment_rows a
  WHERE a.method = 'person'
)
SELECT
  j.statement,
  coalesce(who.canonical, s.actor) AS actor,
  canonical.name AS actor_name,
  j.topic,
  m.stance AS overridden,
  m.assessed_by AS overridden_by,
  {share:m.confidence} AS overridden_confidence,
  j.stance,
  {score:j.stance} AS score,
  j.assessed_by,
  {text:note.body} AS note,
  j.recorded_at,
  j.superseded_position IS NULL AS counts,
  s.valid_at,
  s.quote,
  s.article,
  article.url,
  article.outlet,
  article.published_at,
  j.position
FROM judged j
JOIN statement_rows s ON s.statement = j.statement
LEFT JOIN assessment_rows m ON m.statement = j.statement AND m.topic = j.topic AND m.position = j.machine
LEFT JOIN actor_rows who ON who.actor = s.actor
LEFT JOIN actor_rows canonical ON canonical.actor = coalesce(who.canonical, s.actor)
LEFT JOIN article_rows article ON article.article = s.article AND article.revision = s.revision
LEFT JOIN parts note ON note.position = j.position AND note.name = 'note' AND NOT EXISTS (
  SELECT 1 FROM hidden_rows h WHERE h.position = j.position AND h.part = 'note' AND h.shown_position IS NULL)
WHERE m.stance IS NULL OR m.stance <> j.stance
