-- Files that were read: copies and neighbours of one that cannot be.
SELECT i.label, i.path, coalesce(i.host, ''), i.item, coalesce(i.size, 0)
FROM item_info i
WHERE coalesce(i.volume, 0) = 0 AND coalesce(i.parser, '') <> '' AND coalesce(i.unreadable, 0) = 0
  AND i.item NOT IN (SELECT item FROM units WHERE outcome = 1 AND item IS NOT NULL)
  AND i.item NOT IN (SELECT item FROM issues WHERE kind IN (4, 5, 8) AND item IS NOT NULL)
ORDER BY i.label, i.path, i.item
