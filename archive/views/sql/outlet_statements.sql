-- How many statements that still count each outlet carried in each month, by the agency or source it had them from.
SELECT
  nullif(o.outlet, '') AS outlet,
  nullif(o.agency, '') AS agency,
  o.month,
  o.statements
FROM outlet_rows o
WHERE o.statements > 0
