-- Who agrees with an actor, and who opposes them, on how many topics.
-- :actor actor  the actor
SELECT other, other_name, topics, agreed, opposed, similarity
FROM common_ground
WHERE actor = :actor
ORDER BY agreed - opposed DESC, similarity DESC, other
