-- How far persons agree who judged the same statements, by topic (Krippendorff's alpha).
SELECT topic, coders, units, codings, agreed, alpha, alpha_scale
FROM agreement
ORDER BY topic
