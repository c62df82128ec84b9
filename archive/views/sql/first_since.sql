-- The clock of the archive at the event of first_known. No view of its own: others are made of it.
CASE WHEN NOT EXISTS (SELECT 1 FROM merge_rows m WHERE m.undone_position = h.known_from) THEN h.known_since ELSE (
  SELECT v.recorded_at FROM events v WHERE v.position = {first_known}
) END
