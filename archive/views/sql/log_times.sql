-- When each event of the log was recorded: what a position means in time.
SELECT e.position, e.recorded_at, e.type, e.stream FROM events e
