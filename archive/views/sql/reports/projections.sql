-- How far each projection is behind the log, and why it stopped, if it did.
SELECT c.name, c.version, c.position, h.size - c.position AS lag, c.failed_at, c.error
FROM projection_cursors c CROSS JOIN log_head h
WHERE c.name NOT LIKE '%!_!_new' ESCAPE '!'
ORDER BY c.name
