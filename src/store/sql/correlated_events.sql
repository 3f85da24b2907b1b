SELECT {extra} FROM correlated_events e
LEFT JOIN unit_base b ON b.item = e.item AND b.range = e.range
JOIN timeline t ON t.item = e.item AND t.range = e.range
  AND t.record = e.record + coalesce(b.base, 0) AND t.sub = e.sub
WHERE e.number = ? ORDER BY t.time, t.label, t.path, t.record, t.sub
