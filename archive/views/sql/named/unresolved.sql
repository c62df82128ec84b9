-- Speakers that stand for nobody known, the most frequent first.
SELECT mention, reason, uses, articles, valid_at, quote, statement
FROM unresolved_mentions
ORDER BY uses DESC, mention, reason
