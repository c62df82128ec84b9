-- Where countries and organisations stand now by those who speak for them: the latest position, and whether they differ.
WITH spoken AS (
  -- The position of the country itself, or of a person or body that speaks for it; hearsay only where there is nothing else
  SELECT c.actor, c.actor_name, c.topic, c.stance, c.score, c.valid_from, c.confidence, c.directness, c.statement,
    c.position, p.actor AS principal, p.name AS principal_name, p.kind AS principal_kind,
    rank() OVER (PARTITION BY p.actor, c.topic ORDER BY CASE c.directness WHEN 'first_hand' THEN 0 ELSE 1 END) AS hearsay
  FROM {stances} c
  JOIN actor_rows p ON p.actor = coalesce(c.speaks_for, c.actor)
  WHERE p.kind IN ('country', 'organisation') AND c.score IS NOT NULL
    -- An unnamed speaker is an actor of each article anew: told in several copies of a story, they are one voice
    AND NOT EXISTS (
      SELECT 1 FROM statement_copies told JOIN statement_rows first ON first.statement = told.original
      WHERE told.statement = c.statement AND first.actor <> c.actor)
), ordered AS (
  SELECT s.*,
    row_number() OVER (PARTITION BY s.principal, s.topic ORDER BY s.valid_from DESC, s.position DESC, s.actor) AS age,
    count(*) OVER (PARTITION BY s.principal, s.topic) AS speakers,
    min(s.stance) OVER (PARTITION BY s.principal, s.topic) <> max(s.stance) OVER (PARTITION BY s.principal, s.topic)
      AS divergent,
    {tally:s.stance} AS spread
  FROM spoken s
  WHERE s.hearsay = 1
)
SELECT
  o.principal AS country,
  o.principal_name AS country_name,
  o.principal_kind AS country_kind,
  o.topic,
  o.stance,
  o.score,
  o.divergent,
  substr(o.spread, 3) AS spread,
  o.speakers,
  o.actor,
  o.actor_name,
  o.valid_from,
  o.confidence,
  o.directness,
  o.statement,
  said.quote,
  said.article,
  article.url,
  article.outlet,
  article.published_at,
  o.position
FROM ordered o
LEFT JOIN statement_rows said ON said.position = o.position
LEFT JOIN article_rows article ON article.article = said.article AND article.revision = said.revision
WHERE o.age = 1
