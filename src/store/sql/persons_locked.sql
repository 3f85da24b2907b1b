-- Members of archives that are behind a password, by the archive's list of them.
SELECT DISTINCT i.item, i.label, i.path || '!/' || t."file.path", coalesce(i.host, ''), coalesce(t."file.size", 0)
FROM (SELECT DISTINCT item FROM issues WHERE kind = 4) s
JOIN item_info i ON i.item = s.item AND i.parser = 'archive'
JOIN timeline t ON t.item = i.item AND t."event.dataset" = 'archive' AND contains(t.more, '["encrypted","true"]')
WHERE NOT EXISTS (SELECT 1 FROM items c
                  WHERE c.parent = i.item AND c.path = i.path || '!/' || t."file.path" AND coalesce(c.unreadable, 0) = 0)
ORDER BY i.label, 3, i.item
