-- Statements that still count, in the order in which they were made, with their provenance.
SELECT statement, actor, actor_name, topic, stance, confidence, valid_at, precision, quote, cue, speaker, kind,
  directness, speaks_for, via, article, revision, content_spans, url, outlet, published_at, method, assessed_by, position,
  carried_by, copy_of
FROM statements h
WHERE NOT withdrawn AND {where}
ORDER BY valid_at, position, topic
