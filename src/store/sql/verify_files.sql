SELECT e.evidence, e.id, e.label, e.source, e.kind, i.path, i.sha256, coalesce(i.size, 0)
FROM evidence e LEFT JOIN item_info i ON i.evidence = e.evidence AND i.parent = 0 AND i.sha256 IS NOT NULL
ORDER BY e.label, i.path
