-- Addresses of machines of which there is evidence: where their own accounts came from, and what they connected from themselves.
-- An address may have had several machines one after the other.
WITH told AS (
    SELECT "source.ip" AS ip, time, CASE WHEN "event.action" = 'logon' THEN rtrim("user.name", '$') ELSE split_part(host, '.', 1) END AS machine
    FROM timeline
    WHERE (flags & 2) = 0 AND time IS NOT NULL AND "source.ip" IS NOT NULL
      AND (("event.dataset" = 'windows.security' AND "event.action" = 'logon' AND outcome = 1 AND ends_with("user.name", '$')
            AND lower(split_part(host, '.', 1)) || '$' <> lower("user.name"))
        OR ("event.dataset" = 'windows.security' AND "event.code" = '5156' AND contains(more, '%%14593'))
        OR ("event.dataset" = 'windows.microsoft-windows-sysmon/operational' AND "event.code" = '3'
            AND contains(more, '["Initiated","true"]')))
      AND NOT starts_with("source.ip", '127.') AND "source.ip" NOT IN ('::1', '0.0.0.0', '::')
)
SELECT ip, upper(machine), min(time), max(time) FROM told
WHERE lower(machine) IN (SELECT lower(split_part(host, '.', 1)) FROM item_info
                         UNION SELECT lower(split_part(w.word, '.', 1)) FROM words w JOIN (SELECT DISTINCT host_name FROM events) e ON e.host_name = w.id)
GROUP BY ALL ORDER BY 1, 2
