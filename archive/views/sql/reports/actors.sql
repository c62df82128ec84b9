-- Actors that stand for themselves, with what is known of them; the most quoted first.
SELECT a.actor, a.actor_name, a.actor_kind, a.aliases, a.offices,
  (SELECT count(*) FROM statement_rows s JOIN actor_rows w ON w.actor = s.actor
    WHERE w.canonical = a.actor
      AND NOT EXISTS (SELECT 1 FROM withdrawal_rows d WHERE d.statement = s.statement)) AS statements
FROM actors a
WHERE NOT a.merged AND (CAST(:kind AS text) IS NULL OR a.actor_kind = :kind)
ORDER BY statements DESC, actor_name, actor
