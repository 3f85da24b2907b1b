-- Where somebody at a machine wanted a remote desktop: what the client wrote down on that machine.
SELECT DISTINCT time, host, coalesce("destination.ip", "destination.domain"), label, path, record, "offset", length
FROM timeline
WHERE "event.action" = 'rdp-client-connect' AND (flags & 2) = 0 AND time IS NOT NULL
  AND coalesce("destination.ip", "destination.domain") IS NOT NULL
ORDER BY time, label, path, record, "offset"
