-- Machines of which evidence of their own was taken in: an image, a collection, event logs.
SELECT DISTINCT lower(i.host) FROM item_info i
WHERE (i.parser IN ('filesystem', 'wtmp', 'syslog', 'auditd') OR i.item IN (SELECT item FROM windows_logs)) AND i.host IS NOT NULL
UNION
SELECT DISTINCT lower(w.word) FROM events e JOIN windows_logs i ON i.item = e.item JOIN words w ON w.id = e.host_name
