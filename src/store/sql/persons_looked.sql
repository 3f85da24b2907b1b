-- Every table and text that was looked through for people: why nobody is in it, or that somebody is.
SELECT i.label, i.path, t.tab, min(t.reason), sum(t.rows)::UBIGINT, coalesce(arg_min(t.header, t.range) FILTER (WHERE t.header <> '[]'), ''), i.item
FROM tables t JOIN item_info i ON i.item = t.item
GROUP BY i.label, i.path, i.item, t.tab
ORDER BY i.label, i.path, t.tab, i.item
