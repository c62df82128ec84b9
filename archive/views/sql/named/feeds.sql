-- Feeds that fail, are silent, or were never polled.
SELECT feed, title, health, failures, last_success_at, last_article_at, last_error, url
FROM feed_health
WHERE health IN ('failing', 'silent', 'never polled')
ORDER BY failures DESC, feed
