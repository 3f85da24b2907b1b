SELECT t.host, r.level, count(*), count(DISTINCT r.rule)
FROM hits h JOIN rules r ON r.rules = h.rules AND r.rule = h.rule AND r.state = 0
JOIN item_info t ON t.item = h.item
GROUP BY t.host, r.level ORDER BY t.host, r.level
