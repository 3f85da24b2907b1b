SELECT host, time, coalesce("event.dataset", ''), coalesce("user.name", ''), label, path, record, "offset", length FROM timeline
WHERE (("event.dataset" = 'windows.security' AND "event.code" = '1102') OR ("event.dataset" = 'windows.system' AND "event.code" = '104'))
  AND time >= $1 AND time <= $2
ORDER BY time, label, path, record
