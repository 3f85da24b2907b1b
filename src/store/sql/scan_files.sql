-- Files of the evidence that were not yet held against a set of YARA rules to their end.
SELECT i.item, i.evidence, i.path, coalesce(i.parser, ''), coalesce(i.size, 0), i.modified, e.source, e.kind
FROM items i JOIN evidence e ON e.evidence = i.evidence
WHERE i.parent = 0 AND coalesce(i.unreadable, 0) = 0 AND coalesce(e.forced, '') = ''
  AND i.item NOT IN (SELECT item FROM scanned WHERE rules = ? AND walked = 2)
ORDER BY i.item
