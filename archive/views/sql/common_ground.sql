-- Who agrees with whom: for each two actors, on how many topics their latest positions are on the same side, or opposed.
SELECT
  pair.actor,
  one.name AS actor_name,
  pair.other,
  two.name AS other_name,
  pair.topics,
  pair.agreed,
  pair.opposed,
  pair.similarity
FROM (
  SELECT
    a.actor,
    b.actor AS other,
    count(*) AS topics,
    count(CASE WHEN {side:a.stance} = {side:b.stance} THEN 1 END) AS agreed,
    count(CASE WHEN {side:a.stance} = -{side:b.stance} AND {side:a.stance} <> 0 THEN 1 END) AS opposed,
    1 - avg(abs({score:a.stance} - {score:b.stance})) / 2 AS similarity
  FROM stance_rows a
  JOIN stance_rows b ON b.topic = a.topic AND b.actor <> a.actor
  WHERE a.known_to IS NULL AND a.valid_to IS NULL AND {score:a.stance} IS NOT NULL
    AND b.known_to IS NULL AND b.valid_to IS NULL AND {score:b.stance} IS NOT NULL
  GROUP BY a.actor, b.actor
) pair
LEFT JOIN actor_rows one ON one.actor = pair.actor
LEFT JOIN actor_rows two ON two.actor = pair.other
