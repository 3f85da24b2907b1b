SELECT e.number, t.time, t.record, t.sub, t."offset", t.length, t.label, t.path, t.evidence_key, t.host, t."user.name", t."source.ip"
FROM correlated_events e
LEFT JOIN unit_base b ON b.item = e.item AND b.range = e.range
JOIN timeline t ON t.item = e.item AND t.range = e.range
  AND t.record = e.record + coalesce(b.base, 0) AND t.sub = e.sub
