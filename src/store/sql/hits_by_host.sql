SELECT t.host, r.level, count(*), count(DISTINCT r.rule)
FROM (SELECT rules, rule, item, time FROM hits UNION ALL SELECT c.rules, c.rule, e.item, c.last FROM correlated c
  JOIN correlated_events e ON e.number = c.number AND e.position = 0) h JOIN rules r ON r.rules = h.rules AND r.rule = h.rule AND r.state = 0
JOIN item_info t ON t.item = h.item
GROUP BY t.host, r.level ORDER BY t.host, r.level
