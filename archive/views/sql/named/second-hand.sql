-- Stances known only from what others say of the actor.
SELECT topic, actor, actor_name, stance, valid_from, quote, statement
FROM current_stance
WHERE directness = 'ascribed'
ORDER BY topic, actor
