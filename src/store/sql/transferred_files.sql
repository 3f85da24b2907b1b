-- Lines of transfer tools that say a file went out, with the items that are meant: those with its name (and size, if told)
-- whose folders agree as far as both are told; where none do, one of that name (and size), if they are all one content.
-- Folders are joined by the last one, so that lists full of one name stay lists and do not become their square.
WITH sent AS (
    SELECT host, label, path, record, "offset", length, time, "user.name" AS account, "destination.domain" AS destination,
           file_name("file.path") AS name, file_path("file.path") AS told, "file.size" AS size
    FROM timeline WHERE "event.dataset" = 'rclone.log' AND "event.action" = 'upload' AND "file.path" IS NOT NULL
), files AS (
    SELECT DISTINCT name, told, file_tail(told) AS tail, size FROM sent
), inventory AS (
    SELECT item, size AS item_size, sha256, file_name(path) AS item_name, file_path(path) AS place, file_tail(file_path(path)) AS item_tail
    FROM item_info WHERE parser IS DISTINCT FROM 'leak_listing'
), agreed AS (
    SELECT told, size, item, item_size FROM files JOIN inventory ON item_tail = tail
    WHERE tail <> '' AND (size IS NULL OR size = item_size) AND (ends_with(place, told) OR ends_with(told, place))
    UNION SELECT told, size, item, item_size FROM files JOIN inventory ON item_name = name
    WHERE (size IS NULL OR size = item_size) AND (told = '/' || name OR place = '/' || name)
), contents AS (
    SELECT item_name, item_size, min(item) AS item FROM inventory GROUP BY item_name, item_size HAVING min(sha256) = max(sha256)
    UNION ALL SELECT item_name, NULL, min(item) FROM inventory GROUP BY item_name HAVING min(sha256) = max(sha256)
), meant AS (
    SELECT told, size, item, item_size FROM agreed
    UNION ALL SELECT f.told, f.size, c.item, coalesce(f.size, i.size)
    FROM files f ANTI JOIN agreed a ON a.told = f.told AND a.size IS NOT DISTINCT FROM f.size
    JOIN contents c ON c.item_name = f.name AND c.item_size IS NOT DISTINCT FROM f.size JOIN items i ON i.item = c.item
)
SELECT s.host, s.label, s.path, s.record, s."offset", s.length, s.time, s.account, s.destination, s.name,
       coalesce(s.size, m.item_size), m.item
FROM sent s LEFT JOIN meant m ON m.told = s.told AND m.size IS NOT DISTINCT FROM s.size
ORDER BY s.label, s.path, s.record, m.item
