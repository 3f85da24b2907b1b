-- Items that were looked through for people: how many tables, and what was found in any of them.
SELECT i.item, coalesce(i.host, ''), coalesce(i.size, 0), t.tables, (t.items | coalesce(m.items, 0))::UBIGINT, i.path
FROM (SELECT item, count(DISTINCT tab) AS tables, bit_or(items) AS items FROM tables GROUP BY item) t
JOIN item_info i ON i.item = t.item
LEFT JOIN (SELECT item, bit_or(items) AS items FROM mentions GROUP BY item) m ON m.item = t.item
ORDER BY i.item
