-- Every actor: its names, what it is, and the actor that stands for it where it was merged.
SELECT
  a.actor,
  a.name AS actor_name,
  a.kind AS actor_kind,
  a.canonical,
  a.canonical <> a.actor AS merged,
  (SELECT {joined:alias} FROM (
    SELECT l.alias FROM alias_rows l WHERE l.actor = a.actor AND l.removed_position IS NULL ORDER BY l.position, l.alias) AS aliases) AS aliases,
  (SELECT {joined:office} FROM (
    SELECT o.office FROM office_rows o
    WHERE o.actor = a.actor AND o.withdrawn_position IS NULL ORDER BY o.since, o.position) AS offices) AS offices,
  a.position
FROM actor_rows a
