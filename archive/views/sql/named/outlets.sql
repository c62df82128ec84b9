-- Statements per outlet and per agency they were taken from.
SELECT outlet, agency, sum(statements) AS statements, min(month) AS first_month, max(month) AS last_month
FROM outlet_statements
GROUP BY outlet, agency
ORDER BY sum(statements) DESC, outlet, agency
