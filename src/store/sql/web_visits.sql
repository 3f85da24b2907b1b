-- Visits to web servers without an account, from addresses that also logged on somewhere, or that ran a program lying where
-- only files are put (a web shell): by address, ended by half an hour of silence. A program that more than three addresses
-- asked for is the site's own.
WITH requests AS (
    SELECT host, "source.ip" AS ip, time, "source.bytes" AS brought, "destination.bytes" AS carried, label, path, record,
           "offset", length, outcome = 1 AND "event.action" IN ('post', 'put') AND regexp_matches(lower("url.original"),
             '/(upload|uploads|tmp|temp|image|images|img|aspnet_client|\.well-known)/[^?]*\.(php[0-9]?|phtml|aspx?|ashx|jspx?|cgi|pl)(\?|$)') AS program,
           regexp_replace("url.original", '\?.*$', '') AS page
    FROM timeline WHERE "event.category" = 'web' AND "user.name" IS NULL AND "source.ip" IS NOT NULL AND time IS NOT NULL
      AND (flags & 2) = 0
), shells AS (
    SELECT host, page FROM requests WHERE (host, page) IN (SELECT (host, page) FROM requests WHERE program)
    GROUP BY host, page HAVING count(DISTINCT ip) <= 3
), judged AS (
    SELECT * REPLACE (program AND (host, page) IN (SELECT (host, page) FROM shells) AS program) FROM requests
), known AS (
    SELECT DISTINCT "source.ip" AS ip FROM timeline
    WHERE "event.category" IN ('authentication', 'session') OR "event.dataset" = 'fortinet.vpn'
    UNION SELECT DISTINCT ip FROM judged WHERE program
), steps AS (
    SELECT *, CASE WHEN time - lag(time) OVER by_time > 1800000000000 THEN 1 ELSE 0 END AS fresh FROM judged
    WHERE ip IN (SELECT ip FROM known)
    WINDOW by_time AS (PARTITION BY host, ip ORDER BY time, label, path, record)
), visits AS (
    SELECT *, sum(fresh) OVER (PARTITION BY host, ip ORDER BY time, label, path, record) AS visit,
           row_number() OVER (PARTITION BY host, ip ORDER BY time, label, path, record) AS place FROM steps
)
SELECT host, ip, min(time), max(time), sum(brought)::UBIGINT, sum(carried)::UBIGINT, count(*) FILTER (WHERE program),
       arg_min(label, place), arg_min(path, place), arg_min(record, place), arg_min("offset", place), arg_min(length, place),
       arg_min(label, place) FILTER (WHERE program), arg_min(path, place) FILTER (WHERE program),
       arg_min(record, place) FILTER (WHERE program), arg_min("offset", place) FILTER (WHERE program),
       arg_min(length, place) FILTER (WHERE program)
FROM visits GROUP BY host, ip, visit ORDER BY min(time), host, ip
