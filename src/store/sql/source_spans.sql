-- Each source of a kind that can tell of transfers or access: host, from when to when, how many hours have events.
SELECT kind, host, min(label), min(path), min(time), max(time), count(*), count(DISTINCT time // 3600000000000),
       arg_max(label, (time, path, record)), arg_max(path, (time, path, record)), arg_max(record, (time, path, record)),
       arg_max("offset", (time, path, record)), arg_max(length, (time, path, record))
FROM (SELECT CASE WHEN starts_with("event.dataset", 'fortinet.traffic') THEN 'firewall'
                  WHEN "event.dataset" = 'fortinet.vpn' THEN 'vpn'
                  WHEN starts_with("event.dataset", 'fortinet.') THEN 'firewall_events'
                  WHEN starts_with("event.dataset", 'windows.') THEN 'event_log'
                  WHEN "event.dataset" IN ('linux.auth', 'linux.auditd', 'linux.wtmp', 'linux.btmp', 'linux.utmp',
                                          'vmware.esxi', 'vmware.vcenter') THEN 'host_log'
                  WHEN "event.dataset" IN ('samba.audit', 'nas.audit') THEN 'share_log'
                  WHEN "event.category" = 'web' THEN 'web_log' END AS kind, host, label, path, time,
             record, "offset", length
      FROM timeline WHERE time IS NOT NULL AND (flags & 2) = 0)
WHERE kind IS NOT NULL
GROUP BY kind, host
ORDER BY kind, host
