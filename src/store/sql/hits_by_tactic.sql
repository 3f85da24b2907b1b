SELECT host, strftime(make_timestamp(day * 86400000000), '%Y-%m-%d'), tactic, count(*) FROM (
  SELECT t.host, h.time // 86400000000000 AS day, unnest(string_split(r.tags, '"')) AS tactic
  FROM (SELECT rules, rule, item, time FROM hits UNION ALL SELECT c.rules, c.rule, e.item, c.last FROM correlated c
  JOIN correlated_events e ON e.number = c.number AND e.position = 0) h JOIN rules r ON r.rules = h.rules AND r.rule = h.rule AND r.state = 0
  JOIN item_info t ON t.item = h.item WHERE h.time IS NOT NULL)
WHERE starts_with(tactic, 'attack.') AND NOT regexp_matches(tactic, '^attack\.[tgs][0-9]')
GROUP BY host, day, tactic ORDER BY host, day, tactic
