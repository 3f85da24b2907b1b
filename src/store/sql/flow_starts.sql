-- Firewall sessions to the ports of remote work, with the time they began.
SELECT "source.ip", "destination.ip", "destination.port", min(time - coalesce("event.duration", 0)::BIGINT)
FROM timeline
WHERE "event.dataset" = 'fortinet.traffic' AND "destination.port" IN (22, 445, 3389) AND time IS NOT NULL
GROUP BY "source.ip", "destination.ip", "destination.port", "kakuho.session"
ORDER BY 4, 1, 2
