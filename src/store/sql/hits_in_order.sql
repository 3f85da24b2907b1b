-- Correlations count in the order of time; what has none takes no part.
SELECT h.rule, h.time, h.item, h.range, h.record, h.sub, h.capture
FROM hits h JOIN item_info i ON i.item = h.item
WHERE h.rules = ? AND h.time IS NOT NULL
ORDER BY h.time, i.label, i.path, h.range, h.record, h.sub, h.rule
