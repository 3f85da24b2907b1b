-- What each inside address sent to each outside address inside the window, and since when that far end is known.
-- Interim counters of a session grow: the largest is taken. Addresses are judged by the caller.
WITH flows AS (
    SELECT host AS device, "source.ip" AS src, "destination.ip" AS dst, "kakuho.session" AS session, "source.port" AS port,
           max("source.bytes") AS sent, min(time) AS first, max(time) AS last,
           min(label) AS label, min(path) AS path, arg_min(record, time) AS record, arg_min("offset", time) AS "offset",
           arg_min(length, time) AS length
    FROM timeline
    WHERE "event.dataset" = 'fortinet.traffic' AND "source.ip" IS NOT NULL AND "destination.ip" IS NOT NULL
      AND "source.bytes" IS NOT NULL
    GROUP BY ALL
)
SELECT src, dst, sum(sent) FILTER (WHERE last >= $1 AND first <= $2)::UBIGINT, min(first), min(first) FILTER (WHERE last >= $1 AND first <= $2),
       max(last) FILTER (WHERE last >= $1 AND first <= $2), min(label), min(path), min(record), min("offset"), min(length)
FROM flows GROUP BY src, dst
HAVING sum(sent) FILTER (WHERE last >= $1 AND first <= $2) > 0
ORDER BY src, dst
