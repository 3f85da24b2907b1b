-- An item by evidence label and path (the smallest one of an image and its media first): key, parent, parser, token, size, evidence.
SELECT i.item, i.parent, coalesce(i.parser, ''), coalesce(i.token, ''), coalesce(i.size, 0), i.path, e.source, e.kind
FROM items i JOIN evidence e ON e.evidence = i.evidence
WHERE e.label = $1 AND i.path = $2 ORDER BY i.parent LIMIT 1
