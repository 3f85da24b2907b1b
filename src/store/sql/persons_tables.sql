-- Every table in which there are mentions, with the item that it is in and its heading words.
SELECT i.item, i.label, i.evidence_key, i.path, coalesce(i.host, ''), coalesce(i.size, 0), t.tab, coalesce(h.header, ''), i.sha256,
    i.parser IN ('access', 'sql_dump', 'sqlite')
FROM (SELECT DISTINCT item, tab FROM mentions) t
JOIN item_info i ON i.item = t.item
LEFT JOIN (SELECT item, tab, arg_min(header, range) FILTER (WHERE header <> '[]') AS header FROM tables GROUP BY item, tab) h
    ON h.item = t.item AND h.tab = t.tab
ORDER BY i.label, i.evidence_key, i.path, i.item, t.tab
