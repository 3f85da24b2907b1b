SELECT r.id, r.title, r.level, count(*), count(DISTINCT t.host), min(h.time), max(h.time)
FROM hits h JOIN rules r ON r.rules = h.rules AND r.rule = h.rule AND r.state = 0
JOIN item_info t ON t.item = h.item
GROUP BY r.id, r.title, r.level ORDER BY count(*) DESC, r.id, r.title
