SELECT r.id, r.title, r.level, count(*), count(DISTINCT t.host), min(h.time), max(h.time)
FROM (SELECT rules, rule, item, time FROM hits UNION ALL SELECT c.rules, c.rule, e.item, c.last FROM correlated c
  JOIN correlated_events e ON e.number = c.number AND e.position = 0) h JOIN rules r ON r.rules = h.rules AND r.rule = h.rule AND r.state = 0
JOIN item_info t ON t.item = h.item
GROUP BY r.id, r.title, r.level ORDER BY count(*) DESC, r.id, r.title
