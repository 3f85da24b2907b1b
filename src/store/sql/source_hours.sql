-- Hours (since 1970) inside a span in which a perimeter device logged anything.
SELECT DISTINCT time // 3600000000000 AS hour FROM timeline
WHERE starts_with("event.dataset", 'fortinet.') AND time >= $1 AND time <= $2
ORDER BY hour
