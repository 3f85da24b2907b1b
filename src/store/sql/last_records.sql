-- How far each device's and machine's own records go, by what they can show: the last of each, with its place.
SELECT kind, host, max(time), arg_max(label, (time, path, record)), arg_max(path, (time, path, record)),
       arg_max(record, (time, path, record)), arg_max("offset", (time, path, record)), arg_max(length, (time, path, record))
FROM (SELECT CASE WHEN "event.dataset" = 'fortinet.traffic' THEN 'traffic'
                  WHEN starts_with("event.dataset", 'fortinet.') THEN 'logons_of_device'
                  WHEN "event.category" IN ('authentication', 'session') THEN 'logons' END AS kind,
             host, time, label, path, record, "offset", length
      FROM timeline WHERE time IS NOT NULL AND flags = 0)
WHERE kind IS NOT NULL GROUP BY kind, host ORDER BY kind, host
