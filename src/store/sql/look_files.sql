-- Files of the evidence, all of them: their bytes are read again for who looks for something.
SELECT i.item, i.evidence, i.path, coalesce(i.parser, ''), coalesce(i.size, 0), i.modified, e.source, e.kind
FROM items i JOIN evidence e ON e.evidence = i.evidence
WHERE i.parent = 0
ORDER BY i.item
