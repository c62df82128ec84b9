-- What is known of an actor and of those merged into it, and which decisions that rests on, in the order of the log.
SELECT 'name' AS what, a.name AS value, a.actor, NULL AS speaks_for, NULL AS since, NULL AS until, NULL AS decided_by,
  NULL AS reason, a.position
FROM actor_rows a WHERE a.canonical = :actor
UNION ALL
SELECT 'office', o.office, o.actor, o.speaks_for, nullif(o.since, ''), o.until, o.decided_by, NULL, o.position
FROM office_rows o JOIN actor_rows a ON a.actor = o.actor
WHERE a.canonical = :actor AND o.withdrawn_position IS NULL
UNION ALL
SELECT d.decision, d.about, d.actor, NULL, NULL, NULL, d.decided_by, nullif(d.reason, ''), d.position
FROM decision_rows d
LEFT JOIN actor_rows a ON a.actor = d.actor
LEFT JOIN actor_rows o ON o.actor = d.about
WHERE (a.canonical = :actor OR o.canonical = :actor OR d.actor = :actor OR d.about = :actor)
  AND d.decision <> 'office held'
ORDER BY position, what
