-- What every edit and removal of an article did to each statement that counted before it, or counts since.
WITH steps AS (
  SELECT a.article, a.revision, 'revised' AS step, a.captured_at AS observed_at, a.position, a.url, a.outlet, a.feed, a.recorded_at,
    (SELECT min(n.position) FROM article_rows n WHERE n.article = a.article AND n.position > a.position) AS next_position
  FROM article_rows a
  WHERE a.revision > 1
), fates AS (
  -- What a revision withdrew, alone or in favour of another
  SELECT p.article, p.revision, p.step, p.observed_at, p.position, p.url, p.outlet, p.feed,
    CASE WHEN w.replaced_by IS NOT NULL THEN 'changed' WHEN w.orphaned = 1 THEN 'orphaned' ELSE 'vanished' END AS effect,
    s.statement AS old_statement, w.replaced_by AS new_statement, NULL AS moved_spans
  FROM steps p
  JOIN statement_rows s ON s.article = p.article AND s.position < p.position
  JOIN withdrawal_rows w ON w.statement = s.statement AND w.cause = 'edit'
    AND w.position > p.position AND (p.next_position IS NULL OR w.position < p.next_position)
  UNION ALL
  -- What it left standing, in its place or elsewhere
  SELECT p.article, p.revision, p.step, p.observed_at, p.position, p.url, p.outlet, p.feed,
    CASE WHEN m.revision IS NULL THEN 'unchanged' ELSE 'reanchored' END,
    s.statement, s.statement, m.content_spans
  FROM steps p
  JOIN statement_rows s ON s.article = p.article AND s.position < p.position
  LEFT JOIN anchor_rows m ON m.statement = s.statement AND m.revision = p.revision
  WHERE NOT EXISTS (
    SELECT 1 FROM withdrawal_rows w WHERE w.statement = s.statement AND (w.position < p.position
      OR (w.cause = 'edit' AND (p.next_position IS NULL OR w.position < p.next_position))
      OR (w.cause = 'rules' AND w.recorded_at = p.recorded_at)))
  UNION ALL
  -- What it brought
  SELECT p.article, p.revision, p.step, p.observed_at, p.position, p.url, p.outlet, p.feed, 'added',
    NULL, s.statement, NULL
  FROM steps p
  JOIN statement_rows s ON s.article = p.article AND s.revision = p.revision AND s.cause = 'edit'
  WHERE NOT EXISTS (SELECT 1 FROM withdrawal_rows w WHERE w.replaced_by = s.statement)
  UNION ALL
  -- What an article that was taken down held: it is no longer to be seen, though the archive keeps its words
  SELECT r.article, a.revision, 'removed', r.observed_at, r.position, a.url, a.outlet, a.feed, 'vanished',
    s.statement, NULL, NULL
  FROM removal_rows r
  CROSS JOIN article_rows a  -- in this order: what was taken down is little
  JOIN statement_rows s ON s.article = r.article AND s.position < r.position
  WHERE a.article = r.article AND a.position = (
      SELECT max(l.position) FROM article_rows l WHERE l.article = r.article AND l.position < r.position)
    AND NOT EXISTS (SELECT 1 FROM withdrawal_rows w WHERE w.statement = s.statement AND w.position < r.position)
)
SELECT
  f.article,
  f.revision,
  f.step,
  f.effect,
  coalesce(who.canonical, one.actor) AS actor,
  whose.name AS actor_name,
  f.old_statement,
  was.quote AS old_quote,
  coalesce((SELECT m.content_spans FROM anchor_rows m WHERE m.statement = f.old_statement AND m.revision = (
    SELECT max(l.revision) FROM anchor_rows l WHERE l.statement = f.old_statement
      AND (l.revision < f.revision OR (l.revision = f.revision AND f.step = 'removed'))
  )), was.content_spans) AS old_spans,
  f.new_statement,
  now_.quote AS new_quote,
  CASE f.effect WHEN 'unchanged' THEN coalesce((
      SELECT m.content_spans FROM anchor_rows m WHERE m.statement = f.old_statement AND m.revision = (
        SELECT max(l.revision) FROM anchor_rows l WHERE l.statement = f.old_statement AND l.revision < f.revision)
    ), was.content_spans)
    ELSE coalesce(f.moved_spans, now_.content_spans) END AS new_spans,
  f.step <> 'removed' AND f.new_statement IS NULL AS withdrawn,
  f.observed_at,
  f.url,
  f.outlet,
  f.feed,
  f.position
FROM fates f
LEFT JOIN statement_rows was ON was.statement = f.old_statement
LEFT JOIN statement_rows now_ ON now_.statement = f.new_statement
LEFT JOIN statement_rows one ON one.statement = coalesce(f.new_statement, f.old_statement)
LEFT JOIN actor_rows who ON who.actor = one.actor
LEFT JOIN actor_rows whose ON whose.actor = coalesce(who.canonical, one.actor)
