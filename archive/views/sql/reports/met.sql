-- Who was quoted, how often, in which roles and for whom: what namesakes and spellings are told apart by.
SELECT w.canonical AS actor, c.name, c.folded, c.kind, s.role, coalesce(p.canonical, s.named_country) AS country,
  count(*) AS uses
FROM statement_rows s
JOIN actor_rows w ON w.actor = s.actor
JOIN actor_rows c ON c.actor = w.canonical
LEFT JOIN actor_rows p ON p.actor = s.speaks_for
WHERE c.kind IN ('person', 'organisation')
GROUP BY w.canonical, c.name, c.folded, c.kind, s.role, coalesce(p.canonical, s.named_country)
