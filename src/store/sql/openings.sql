-- What was opened by passwords that stand in the evidence, and where each stands.
SELECT i.label, i.path, coalesce(i.parser, ''), t.label, t.path, o.record
FROM (SELECT DISTINCT p.item, p.told_item, p.told_record + coalesce(b.base, 0) AS record
      FROM openings p JOIN items k ON k.item = p.told_item
      LEFT JOIN unit_base b ON b.item = p.told_item AND b.range = p.told_range) o
JOIN item_info i ON i.item = o.item JOIN item_info t ON t.item = o.told_item
ORDER BY i.label, i.path, t.label, t.path, o.record
