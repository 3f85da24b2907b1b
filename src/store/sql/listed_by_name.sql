-- Items named in a leak listing by name and size, where the listing has no hash; names of no information left out.
SELECT DISTINCT i.item, i.label, i.path, coalesce(i.size, 0), l.label, l.path, l.record, l."offset", l.length
FROM (SELECT lower(regexp_extract(replace("file.path", '\', '/'), '([^/]+)$', 1)) AS name, "file.size" AS size,
             label, path, record, "offset", length
      FROM timeline
      WHERE "event.dataset" = 'leak.listing' AND "file.hash.sha256" IS NULL AND "file.size" >= 512) l
JOIN item_info i ON i.size = l.size AND lower(regexp_extract(i.path, '([^/]+)$', 1)) = l.name
WHERE l.name NOT IN ('desktop.ini', 'thumbs.db', 'readme.txt', 'index.html') AND i.parser IS DISTINCT FROM 'leak_listing'
ORDER BY i.label, i.path, l.label, l.path, l.record
