-- Every decision on who is who, in the order of the log: by whom, when and why. Nothing here is ever taken out.
SELECT
  d.decision,
  d.actor,
  who.name AS actor_name,
  d.about,
  other.name AS about_name,
  d.decided_by,
  d.reason,
  d.recorded_at,
  d.position
FROM decision_rows d
LEFT JOIN actor_rows who ON who.actor = d.actor
LEFT JOIN actor_rows other ON other.actor = d.about
