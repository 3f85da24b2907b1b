-- What could not be read, or only in part, and why.
SELECT i.label, i.path, coalesce(i.parser, ''), f.reason, f."offset", f.events FROM (
    SELECT item, what AS reason, "offset", kind, count, (SELECT coalesce(sum(events), 0) FROM units u WHERE u.item = s.item)::UBIGINT AS events
    FROM issues s WHERE kind IN (0, 1, 2, 3, 4, 5, 8, 9)
    UNION ALL
    SELECT item, 'it could not be read', 0, 1, 1, 0 FROM items WHERE unreadable = 1 AND item NOT IN (SELECT item FROM issues)
    UNION ALL
    SELECT item, reason, 0, 2, 1, (SELECT coalesce(sum(events), 0) FROM units u WHERE u.item = s.item)::UBIGINT FROM scan_trouble s
) f JOIN item_info i ON i.item = f.item
ORDER BY i.label, i.path, f."offset", f.reason
