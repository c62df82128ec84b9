-- Every statement with its words, place and provenance: one row for each topic it was assessed on (topic null if none).
SELECT
  s.statement,
  who.canonical AS actor,
  canonical.name AS actor_name,
  canonical.kind AS actor_kind,
  a.topic,
  a.stance,
  {score:a.stance} AS score,
  {share:a.confidence} AS confidence,
  a.method,
  a.assessed_by,
  a.rule,
  s.valid_at,
  s.precision,
  s.said_on,
  s.quote,
  s.cue,
  s.speaker,
  s.condition,
  s.kind,
  s.resolution,
  s.directness,
  coalesce(principal.canonical, s.speaks_for) AS speaks_for,
  s.named,
  s.named_kind,
  s.role,
  s.via,
  s.article,
  s.revision,
  s.content_spans,
  s.cue_spans,
  s.speaker_start,
  s.speaker_end,
  article.url,
  article.outlet,
  article.feed,
  article.published_at,
  {share:s.confidence} AS statement_confidence,
  s.extractor,
  s.pattern,
  s.cause,
  withdrawn.position IS NOT NULL AS withdrawn,
  withdrawn.position AS withdrawn_position,
  withdrawn.cause AS withdrawn_cause,
  withdrawn.decided_by AS withdrawn_by,
  withdrawn.reason AS withdrawn_reason,
  s.recorded_at,
  s.position,
  told.story,
  CASE WHEN told.original <> s.statement THEN told.original END AS copy_of,
  CASE WHEN told.original IS NULL THEN article.outlet ELSE (
    SELECT {joined:outlet} FROM (
      SELECT DISTINCT carrier.outlet
      FROM statement_copies same
      JOIN statement_rows again ON again.statement = same.statement
      JOIN article_rows carrier ON carrier.article = again.article AND carrier.revision = again.revision
      WHERE same.original = told.original AND carrier.outlet IS NOT NULL
      ORDER BY carrier.outlet) AS outlets) END AS carried_by
FROM statement_rows s
LEFT JOIN assessment_rows a ON a.statement = s.statement AND a.superseded_position IS NULL{same_actor}
LEFT JOIN actor_rows who ON who.actor = {whose:s.actor}
LEFT JOIN actor_rows canonical ON canonical.actor = who.canonical
LEFT JOIN actor_rows principal ON principal.actor = s.speaks_for
LEFT JOIN article_rows article ON article.article = s.article AND article.revision = s.revision
LEFT JOIN statement_copies told ON told.statement = s.statement
LEFT JOIN withdrawal_rows withdrawn ON withdrawn.statement = s.statement AND withdrawn.position = (
  SELECT min(w.position) FROM withdrawal_rows w WHERE w.statement = s.statement)
