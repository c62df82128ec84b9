-- Every topic: the proposition one can be for or against, and the terms that make a statement be about it.
SELECT
  t.topic,
  t.proposition,
  t.terms,
  t.context,
  t.retired_position IS NOT NULL AS retired,
  t.position,
  t.defined_position,
  t.retired_position
FROM topic_rows t
