-- How far persons agree who judged the same statements: Krippendorff's alpha over labels, and over the scale of positions.
WITH coded AS (
  -- The latest judgement of each person on each statement
  SELECT a.topic, a.statement, a.assessed_by AS coder, a.stance, {score:a.stance} AS score
  FROM assessment_rows a
  WHERE a.method = 'person' AND NOT EXISTS (
    SELECT 1 FROM assessment_rows n
    WHERE n.statement = a.statement AND n.topic = a.topic AND n.method = 'person' AND n.assessed_by = a.assessed_by
      AND n.position > a.position)
), measured AS (
  -- Twice: by label, where any two differ alike, and by place on the scale, where distance counts
  SELECT 'label' AS metric, c.topic, c.statement, c.coder, c.stance, c.score FROM coded c
  UNION ALL
  SELECT 'scale', c.topic, c.statement, c.coder, c.stance, c.score FROM coded c WHERE c.score IS NOT NULL
), paired AS (
  SELECT m.*, u.coders
  FROM measured m
  JOIN (SELECT metric, topic, statement, count(*) AS coders FROM measured GROUP BY metric, topic, statement) u
    ON u.metric = m.metric AND u.topic = m.topic AND u.statement = m.statement
  WHERE u.coders > 1
), observed AS (
  SELECT a.metric, a.topic,
    sum(CASE a.metric WHEN 'label' THEN CASE WHEN a.stance <> b.stance THEN 1.0 ELSE 0.0 END
      ELSE (a.score - b.score) * (a.score - b.score) END / (a.coders - 1)) AS apart
  FROM paired a
  JOIN paired b ON b.metric = a.metric AND b.topic = a.topic AND b.statement = a.statement AND b.coder <> a.coder
  GROUP BY a.metric, a.topic
), used AS (
  SELECT p.metric, p.topic, p.stance, p.score, count(*) AS times FROM paired p
  GROUP BY p.metric, p.topic, p.stance, p.score
), expected AS (
  SELECT a.metric, a.topic,
    sum(a.times * b.times * CASE a.metric WHEN 'label' THEN CASE WHEN a.stance <> b.stance THEN 1.0 ELSE 0.0 END
      ELSE (a.score - b.score) * (a.score - b.score) END) AS apart
  FROM used a
  JOIN used b ON b.metric = a.metric AND b.topic = a.topic
  GROUP BY a.metric, a.topic
), alpha AS (
  SELECT o.metric, o.topic, CASE WHEN e.apart > 0 THEN CAST(1 - o.apart * (
    (SELECT sum(u.times) FROM used u WHERE u.metric = o.metric AND u.topic = o.topic) - 1) / e.apart AS double precision)
    END AS alpha
  FROM observed o
  JOIN expected e ON e.metric = o.metric AND e.topic = o.topic
), unit AS (
  SELECT p.topic, p.statement, count(*) AS codings, min(p.stance) = max(p.stance) AS agreed
  FROM paired p WHERE p.metric = 'label' GROUP BY p.topic, p.statement
)
SELECT
  u.topic,
  (SELECT count(DISTINCT p.coder) FROM paired p WHERE p.metric = 'label' AND p.topic = u.topic) AS coders,
  count(*) AS units,
  CAST(sum(u.codings) AS integer) AS codings,
  sum(CASE WHEN u.agreed THEN 1 ELSE 0 END) AS agreed,
  (SELECT a.alpha FROM alpha a WHERE a.topic = u.topic AND a.metric = 'label') AS alpha,
  (SELECT a.alpha FROM alpha a WHERE a.topic = u.topic AND a.metric = 'scale') AS alpha_scale
FROM unit u
GROUP BY u.topic
