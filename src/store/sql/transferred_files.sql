-- Lines of transfer tools that say a file went out, with the items that the name (and size, if told) fits.
WITH sent AS (
    SELECT host, label, path, record, "offset", length, time, "user.name" AS account, "destination.domain" AS destination,
           lower(regexp_extract(replace("file.path", '\', '/'), '([^/]+)$', 1)) AS name, "file.size" AS size
    FROM timeline WHERE "event.dataset" = 'rclone.log' AND "event.action" = 'upload' AND "file.path" IS NOT NULL
)
SELECT s.host, s.label, s.path, s.record, s."offset", s.length, s.time, s.account, s.destination, s.name,
       coalesce(s.size, i.size), i.item
FROM sent s LEFT JOIN (SELECT item, size, lower(regexp_extract(path, '([^/]+)$', 1)) AS name FROM item_info
                       WHERE parser IS DISTINCT FROM 'leak_listing') i
    ON i.name = s.name AND (s.size IS NULL OR s.size = i.size)
ORDER BY s.label, s.path, s.record, i.item
