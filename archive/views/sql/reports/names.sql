-- Every name of every actor, folded, with the actor that stands for it.
SELECT a.canonical, a.actor, a.name, a.folded FROM actor_rows a
UNION ALL
SELECT a.canonical, a.actor, l.alias, l.folded FROM alias_rows l JOIN actor_rows a ON a.actor = l.actor
WHERE l.removed_position IS NULL
