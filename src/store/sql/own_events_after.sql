-- What machines logged themselves after a time ($1): how much, and the first of it.
SELECT host, count(*), min(time), arg_min(label, (time, path, record)), arg_min(path, (time, path, record)),
       arg_min(record, (time, path, record)), arg_min("offset", (time, path, record)), arg_min(length, (time, path, record))
FROM timeline WHERE time > $1 AND flags = 0 AND NOT starts_with("event.dataset", 'fs.')
  AND NOT starts_with("event.dataset", 'fortinet.')
GROUP BY host ORDER BY host
