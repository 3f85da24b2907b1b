-- Which logs there are of each machine, by what tells them apart for rules, and from when to when they reach.
WITH seen AS (
  SELECT item, host_name, dataset, code, action, min(time) AS first, max(time) AS last FROM events
  WHERE time IS NOT NULL AND (marks & 2) = 0 GROUP BY item, host_name, dataset, code, action),
told AS (
  SELECT CASE WHEN h.word IS NULL OR lower(split_part(h.word, '.', 1)) = lower(split_part(i.given_host, '.', 1)) THEN i.host
         ELSE h.word END AS host, d.word AS dataset, coalesce(c.word, '') AS code, coalesce(a.word, '') AS action, s.first, s.last
  FROM seen s JOIN item_info i ON i.item = s.item JOIN words d ON d.id = s.dataset LEFT JOIN words h ON h.id = s.host_name
  LEFT JOIN words c ON c.id = s.code LEFT JOIN words a ON a.id = s.action)
SELECT host, dataset, code, action, min(first), max(last) FROM told
GROUP BY host, dataset, code, action ORDER BY lower(host), dataset, host, code, action
