-- Where countries and organisations stand by those who speak for them.
SELECT * FROM ({country_stance}) h
WHERE {where}
ORDER BY topic, country_name, country
