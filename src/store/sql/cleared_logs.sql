SELECT host, time, coalesce("event.dataset", ''), coalesce("user.name", ''), label, path, record, "offset", length FROM timeline
WHERE (("event.dataset" = 'windows.security' AND "event.code" IN ('1102', '517')) OR ("event.dataset" = 'windows.system' AND "event.code" = '104'))
  AND time >= $1 AND time <= $2
ORDER BY time, label, path, record
