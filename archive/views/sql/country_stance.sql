-- Where countries and organisations stand now by those who speak for them: the latest position, and whether they differ.
WITH spoken AS (
  -- The position of the country itself, or of a person or body that speaks for it; hearsay only where there is nothing else
  SELECT c.*, p.actor AS principal, p.name AS principal_name, p.kind AS principal_kind,
    rank() OVER (PARTITION BY p.actor, c.topic ORDER BY CASE c.directness WHEN 'first_hand' THEN 0 ELSE 1 END) AS hearsay
  FROM {stances} c
  JOIN actor_rows p ON p.actor = coalesce(c.speaks_for, c.actor)
  WHERE p.kind IN ('country', 'organisation') AND c.score IS NOT NULL
), ordered AS (
  SELECT s.*,
    row_number() OVER (PARTITION BY s.principal, s.topic ORDER BY s.valid_from DESC, s.position DESC, s.actor) AS age
  FROM spoken s
  WHERE s.hearsay = 1
), spread AS (
  SELECT o.principal, o.topic, count(*) AS speakers, min(o.stance) <> max(o.stance) AS divergent, {tally:o.stance} AS tally
  FROM ordered o
  GROUP BY o.principal, o.topic
)
SELECT
  o.principal AS country,
  o.principal_name AS country_name,
  o.principal_kind AS country_kind,
  o.topic,
  o.stance,
  o.score,
  s.divergent,
  substr(s.tally, 3) AS spread,
  s.speakers,
  o.actor,
  o.actor_name,
  o.valid_from,
  o.confidence,
  o.directness,
  o.statement,
  o.quote,
  o.article,
  o.url,
  o.outlet,
  o.published_at,
  o.position
FROM ordered o
JOIN spread s ON s.principal = o.principal AND s.topic = o.topic
WHERE o.age = 1
