-- Items in which people were found, with their size, host and hash.
SELECT i.item, i.label, i.path, i.host, coalesce(i.size, 0), lower(hex(i.sha256)), m.mentions, i.parser
FROM (SELECT item, count(*) AS mentions FROM mentions WHERE standing IN (0, 3) GROUP BY item) m
JOIN item_info i ON i.item = m.item
ORDER BY i.label, i.path
