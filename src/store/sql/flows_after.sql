-- Flows that began after a time ($1) and were let through: each pair of addresses with its first one and how many.
SELECT "source.ip", "destination.ip", count(*), min(began), arg_min(label, (began, path, record)), arg_min(path, (began, path, record)), arg_min(record, (began, path, record)),
       arg_min("offset", (began, path, record)), arg_min(length, (began, path, record))
FROM (SELECT *, time - coalesce("event.duration", 0)::BIGINT AS began FROM timeline
      WHERE "event.dataset" = 'fortinet.traffic' AND time > $1 AND outcome IS DISTINCT FROM 2 AND flags = 0
        AND "event.action" IS DISTINCT FROM 'deny' AND "source.ip" IS NOT NULL AND "destination.ip" IS NOT NULL)
WHERE began > $1
GROUP BY "source.ip", "destination.ip" ORDER BY min(began), "source.ip", "destination.ip"
