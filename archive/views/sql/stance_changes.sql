-- Each change of an actor's label over time, as far as is known now; only those with cause "statement" are the actor's own.
SELECT
  h.actor,
  h.actor_name,
  h.actor_kind,
  h.topic,
  was.stance AS from_stance,
  h.stance,
  {score:was.stance} AS from_score,
  h.score,
  h.valid_from,
  h.cause,
  {first_known} AS known_from,
  {first_since} AS known_since,
  h.confidence,
  h.directness,
  h.speaks_for,
  h.precision,
  was.statement AS from_statement,
  earlier.quote AS from_quote,
  h.statement,
  h.quote,
  h.article,
  h.revision,
  h.url,
  h.outlet,
  h.published_at,
  h.position
FROM stance_history h
JOIN stance_rows was
  ON was.actor = h.actor AND was.topic = h.topic AND was.known_to IS NULL AND was.valid_to = h.valid_from
LEFT JOIN statement_rows earlier ON earlier.position = was.position
WHERE h.known_to IS NULL AND was.stance <> h.stance
