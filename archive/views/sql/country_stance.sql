-- Where countries and organisations stand now by those who speak for them: the latest position, and whether they differ.
WITH present AS NOT MATERIALIZED (
  SELECT c.actor, c.actor_name, c.actor_kind, c.topic, c.stance, c.score, c.valid_from, c.confidence, c.directness,
    c.statement, c.position, c.speaks_for
  FROM {stances} c
), heard AS (
  -- The position of the country itself, or of a person or body that speaks for it
  SELECT c.actor, c.actor_name, c.actor_kind, c.topic, c.stance, c.score, c.valid_from, c.confidence, c.directness,
    c.statement, c.position, coalesce(c.speaks_for, c.actor) AS principal
  FROM present c
  UNION ALL
  -- What one says for oneself, or for another, takes nothing back of what one said for it before
  SELECT c.actor, c.actor_name, c.actor_kind, c.topic, e.stance, {score:e.stance}, e.valid_from, {share:e.confidence},
    e.directness, e.statement, e.position, coalesce(p.canonical, e.speaks_for)
  FROM present c
  CROSS JOIN stance_rows e  -- in this order: what holds is little beside what was ever held
  LEFT JOIN actor_rows p ON p.actor = e.speaks_for
  WHERE c.actor_kind = 'person' AND e.actor = c.actor AND e.topic = c.topic AND e.valid_from < c.valid_from
    AND e.speaks_for IS NOT NULL AND {known}
    AND coalesce(p.canonical, e.speaks_for) <> coalesce(c.speaks_for, '')
), spoken AS (
  -- Each speaker's latest. Here and below, a SELECT has windows of one kind only: SQLite takes the condition that a
  -- question sets on the topic through those, and reads everything where there are two
  SELECT h.*, p.name AS principal_name, p.kind AS principal_kind, {day:h.valid_from} AS day,
    row_number() OVER (PARTITION BY h.principal, h.topic, h.actor ORDER BY h.valid_from DESC, h.position DESC) AS back
  FROM heard h
  JOIN actor_rows p ON p.actor = h.principal
  WHERE p.kind IN ('country', 'organisation') AND h.score IS NOT NULL
    -- An unnamed speaker is an actor of each article anew: told in several copies of a story, they are one voice
    AND NOT EXISTS (
      SELECT 1 FROM statement_copies told JOIN statement_rows first ON first.statement = told.original
      WHERE told.statement = h.statement AND first.actor <> h.actor)
), weighed AS (
  -- Hearsay only where there is nothing else
  SELECT s.*, rank() OVER (PARTITION BY s.principal, s.topic ORDER BY CASE s.directness WHEN 'first_hand' THEN 0 ELSE 1 END)
    AS hearsay
  FROM spoken s
), heeded AS (
  -- Who took the same position on the same day, each with the statement
  SELECT s.*, {listed} OVER (PARTITION BY s.principal, s.topic, s.day, s.stance) AS alike
  FROM weighed s
  WHERE s.hearsay = 1 AND s.back = 1
), counted AS (
  SELECT s.*, count(*) OVER of_all AS speakers, min(s.stance) OVER of_all <> max(s.stance) OVER of_all AS divergent,
    {tally:s.stance} AS spread
  FROM heeded s
  -- The same position in nearly the same words on the same day in another article, but for two people of two names: one
  -- utterance, reported as that of "the government", of "officials", and of whoever made it
  WHERE NOT EXISTS (
    SELECT 1 FROM {each:s.alike} e
    JOIN actor_rows who ON who.actor = e.value
    JOIN statement_rows a ON a.position = s.position
    JOIN statement_rows b ON b.position = CAST(e.key AS bigint) AND b.position < a.position AND b.article <> a.article
    WHERE who.actor <> s.actor
      AND NOT (who.kind = 'person' AND s.actor_kind = 'person' AND {last_word:who.name} <> {last_word:s.actor_name})
      AND 5 * (
        SELECT count(DISTINCT w.value) FROM {words:a.quote} WHERE w.value IN (SELECT w.value FROM {words:b.quote})
      ) >= 4 * (
        SELECT CASE WHEN x.few < y.few THEN x.few ELSE y.few END
        FROM (SELECT count(DISTINCT w.value) AS few FROM {words:a.quote}) x
        CROSS JOIN (SELECT count(DISTINCT w.value) AS few FROM {words:b.quote}) y
      )
  )
  WINDOW of_all AS (PARTITION BY s.principal, s.topic)
), ordered AS (
  SELECT s.*,
    row_number() OVER (PARTITION BY s.principal, s.topic ORDER BY s.valid_from DESC, s.position DESC, s.actor) AS age
  FROM counted s
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
