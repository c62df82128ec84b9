-- The event from which on the archive says what a row h of stance_history says: where a merge of actors came in between
-- and was undone, the one from before. No view of its own: others are made of it.
CASE WHEN NOT EXISTS (SELECT 1 FROM merge_rows m WHERE m.undone_position = h.known_from) THEN h.known_from ELSE (
  WITH RECURSIVE back(known_from) AS (
    SELECT h.known_from
    UNION ALL
    SELECT e.known_from
    FROM back b
    JOIN merge_rows m ON m.undone_position = b.known_from
    JOIN stance_rows e ON e.actor = h.actor AND e.topic = h.topic AND e.valid_from = h.valid_from
      AND e.known_to = m.position AND e.assessment = h.assessment AND e.cause = h.cause
      AND (e.valid_to = h.valid_to OR (e.valid_to IS NULL AND h.valid_to IS NULL))
  )
  SELECT min(b.known_from) FROM back b
) END
