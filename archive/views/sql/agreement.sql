-- How far persons agree who judged the same statements: Krippendorff's alpha over labels, and over the scale of positions.
WITH judged AS (
  SELECT a.topic, a.statement, a.assessed_by AS coder, a.stance, {score:a.stance} AS score,
    row_number() OVER (PARTITION BY a.topic, a.statement, a.assessed_by ORDER BY a.position DESC) AS back
  FROM assessment_rows a
  WHERE a.method = 'person'
), coded AS (
  -- The latest judgement of each person on each statement, and how many persons judged it
  SELECT j.topic, j.statement, j.coder, j.stance, j.score, count(*) OVER (PARTITION BY j.topic, j.statement) AS coders
  FROM judged j
  WHERE j.back = 1
), tallied AS (
  -- How many said what of a statement that several judged; "placed" are those who gave it a place on the scale
  SELECT c.topic, c.statement, c.stance, c.score, count(*) AS times,
    sum(CASE WHEN c.score IS NOT NULL THEN count(*) ELSE 0 END) OVER (PARTITION BY c.topic, c.statement) AS placed
  FROM coded c
  WHERE c.coders > 1
  GROUP BY c.topic, c.statement, c.stance, c.score
), unit AS (
  -- Over all pairs, labels differ in n² - Σ nₖ² of them, and squared distances sum to 2 (n Σ x² - (Σ x)²)
  SELECT t.topic, t.statement, sum(t.times) AS codings, count(*) = 1 AS agreed,
    (sum(t.times) * sum(t.times) - sum(t.times * t.times)) * 1.0 / (sum(t.times) - 1) AS apart,
    CASE WHEN max(t.placed) > 1 THEN 2 * (max(t.placed) * sum(t.times * t.score * t.score)
      - sum(t.times * t.score) * sum(t.times * t.score)) / (max(t.placed) - 1) END AS distance
  FROM tallied t
  GROUP BY t.topic, t.statement
), observed AS (
  SELECT u.topic, count(*) AS units, sum(u.codings) AS codings, sum(CASE WHEN u.agreed THEN 1 ELSE 0 END) AS agreed,
    sum(u.apart) AS apart, sum(u.distance) AS distance
  FROM unit u
  GROUP BY u.topic
), used AS (
  SELECT t.topic, t.stance, t.score, sum(t.times) AS times, sum(CASE WHEN t.placed > 1 THEN t.times ELSE 0 END) AS placed
  FROM tallied t
  GROUP BY t.topic, t.stance, t.score
), expected AS (
  SELECT s.topic, sum(s.times) AS times, sum(s.times) * sum(s.times) - sum(s.times * s.times) AS apart,
    sum(CASE WHEN s.score IS NOT NULL THEN s.placed ELSE 0 END) AS placed,
    2 * (sum(CASE WHEN s.score IS NOT NULL THEN s.placed ELSE 0 END) * sum(s.placed * s.score * s.score)
      - sum(s.placed * s.score) * sum(s.placed * s.score)) AS distance
  FROM used s
  GROUP BY s.topic
), persons AS (
  SELECT c.topic, count(DISTINCT c.coder) AS coders FROM coded c WHERE c.coders > 1 GROUP BY c.topic
)
SELECT
  o.topic,
  p.coders,
  o.units,
  CAST(o.codings AS integer) AS codings,
  o.agreed,
  CASE WHEN e.apart > 0 THEN CAST(1 - o.apart * (e.times - 1) / e.apart AS double precision) END AS alpha,
  CASE WHEN e.distance > 0 THEN CAST(1 - o.distance * (e.placed - 1) / e.distance AS double precision) END AS alpha_scale
FROM observed o
JOIN expected e ON e.topic = o.topic
JOIN persons p ON p.topic = o.topic
