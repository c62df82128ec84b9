-- The columns of a row h of stance_history that is in force. No view of its own: others are made of it.
  h.actor, h.actor_name, h.actor_kind, h.topic, h.stance, h.score, h.valid_from, h.valid_to,
  {first_known} AS known_from,
  h.known_to,
  {first_since} AS known_since,
  h.known_until, h.cause, h.confidence, h.directness, h.speaks_for, h.precision, h.method, h.assessment, h.statement,
  h.quote, h.condition, h.role, h.via, h.article, h.revision, h.url, h.outlet, h.published_at, h.position, h.content_spans
