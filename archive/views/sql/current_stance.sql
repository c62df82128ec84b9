-- Who holds which stance now, as far as is known now.
SELECT h.*
FROM stance_history h
WHERE h.known_to IS NULL AND h.valid_from <= {now} AND (h.valid_to IS NULL OR h.valid_to > {now})
