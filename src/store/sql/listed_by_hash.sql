-- Items whose content is named, by hash, in a leak listing: each once, with the first line that names it.
SELECT DISTINCT ON (i.label, i.path, i.item) i.item, i.label, i.path, coalesce(i.size, 0), l.label, l.path, l.record, l."offset", l.length
FROM (SELECT lower("file.hash.sha256") AS sha256, label, path, record, "offset", length
      FROM timeline WHERE "event.dataset" = 'leak.listing' AND "file.hash.sha256" IS NOT NULL
      QUALIFY row_number() OVER (PARTITION BY lower("file.hash.sha256") ORDER BY label, path, record, "offset") = 1) l
JOIN item_info i ON lower(hex(i.sha256)) = l.sha256
WHERE i.parser IS DISTINCT FROM 'leak_listing'
ORDER BY i.label, i.path, i.item
