-- Who holds which stance now, as far as is known now.
SELECT
{present}
FROM stance_history h
WHERE h.known_to IS NULL AND h.valid_to IS NULL AND h.valid_from <= {now}
UNION ALL
-- What was announced for later does not hold yet: here is what holds until then
SELECT
{present}
FROM stance_history h
WHERE h.known_to IS NULL AND h.valid_to > {now} AND h.valid_from <= {now}
