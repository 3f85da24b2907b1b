-- Items whose content is named, by hash, in a leak listing.
SELECT DISTINCT i.item, i.label, i.path, coalesce(i.size, 0), l.label, l.path, l.record, l."offset", l.length
FROM (SELECT lower("file.hash.sha256") AS sha256, label, path, min(record) AS record, min("offset") AS "offset",
             any_value(length ORDER BY "offset") AS length
      FROM timeline WHERE "event.dataset" = 'leak.listing' AND "file.hash.sha256" IS NOT NULL GROUP BY ALL) l
JOIN item_info i ON lower(hex(i.sha256)) = l.sha256
WHERE i.parser IS DISTINCT FROM 'leak_listing'
ORDER BY i.label, i.path, l.label, l.path, l.record
