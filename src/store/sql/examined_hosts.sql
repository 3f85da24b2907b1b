-- Machines of which evidence of their own was taken in: an image, a collection, event logs.
SELECT DISTINCT lower(i.host) FROM item_info i
WHERE i.parser IN ('evtx', 'evt', 'winevent_xml', 'winevent_json', 'winevent_csv', 'winevent_clixml', 'filesystem', 'wtmp', 'syslog', 'auditd') AND i.host IS NOT NULL
UNION
SELECT DISTINCT lower(w.word) FROM events e JOIN items i ON i.item = e.item JOIN words w ON w.id = e.host_name
WHERE i.parser IN ('evtx', 'evt', 'winevent_xml', 'winevent_json', 'winevent_csv', 'winevent_clixml')
