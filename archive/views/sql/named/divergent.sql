-- Countries and organisations whose speakers differ on a topic.
-- :topic topic  the topic
SELECT country, country_name, spread, speakers, stance, actor_name, quote, outlet, url
FROM country_stance
WHERE topic = :topic AND divergent
ORDER BY speakers DESC, country
