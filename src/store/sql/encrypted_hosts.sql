-- Files that got a second, new suffix (report.xlsx.abcd) in bursts: per host and suffix, how many, in how
-- many folders, from when to when. What makes a burst is judged by the caller.
WITH entries AS (
    SELECT host, "file.path" AS path, coalesce(max(time) FILTER (WHERE contains("kakuho.time_kind", 'modified')),
                                                max(time) FILTER (WHERE contains("kakuho.time_kind", 'changed'))) AS changed,
           min(label) AS label, min(timeline.path) AS place, min(record) AS record
    FROM timeline
    WHERE starts_with("event.dataset", 'fs.') AND (flags & 1) = 0
    GROUP BY host, "file.path"
), parts AS (
    SELECT host, path, changed, label, place, record, lower(regexp_extract(path, '\.([^./]{2,16})$', 1)) AS suffix,
           lower(regexp_extract(path, '\.([A-Za-z0-9]{1,5})\.[^./]{2,16}$', 1)) AS original,
           regexp_extract(path, '^(.*)/', 1) AS folder
    FROM entries
)
SELECT host, suffix, count(*), count(DISTINCT folder), min(changed), max(changed),
       arg_min(label, (changed, path)), arg_min(place, (changed, path)), arg_min(record, (changed, path)),
       arg_max(label, (changed, path)), arg_max(place, (changed, path)), arg_max(record, (changed, path))
FROM parts
WHERE original IN ('doc', 'docx', 'xls', 'xlsx', 'xlsm', 'ppt', 'pptx', 'pdf', 'csv', 'txt', 'jpg', 'jpeg', 'png',
                   'zip', 'mdb', 'accdb', 'db', 'sql', 'bak', 'dwg', 'eml', 'pst', 'xml', 'htm', 'html', 'rtf',
                   'jtd', 'xdw', 'vhd', 'vhdx', 'vmdk', 'edb', 'mdf', 'ldf', 'log', 'dat')
  AND suffix NOT IN ('bak', 'tmp', 'gz', 'old', 'zip', 'lnk', 'txt', 'log', 'orig', 'bz2', 'xz', 'zst', 'enc_backup')
  AND changed IS NOT NULL
GROUP BY host, suffix
HAVING count(*) >= 20 AND (count(DISTINCT folder) >= 2 OR max(changed) - min(changed) < 7200000000000)
ORDER BY host, suffix
