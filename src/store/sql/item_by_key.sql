SELECT i.item, i.parent, coalesce(i.parser, ''), coalesce(i.token, ''), coalesce(i.size, 0), i.path, e.source, e.kind
FROM items i JOIN evidence e ON e.evidence = i.evidence WHERE i.item = $1 LIMIT 1
