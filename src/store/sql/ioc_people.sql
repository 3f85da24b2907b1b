-- Personal values with where they stand, for indicators that are looked for.
SELECT i.host, i.label, i.path || CASE WHEN p.tab <> '' THEN '#' || p.tab ELSE '' END,
       CASE WHEN p.record >= 4611686018427387904 THEN line_in_range(p.record) + coalesce(b.base, 0) ELSE p.record END, p.said
FROM personal p JOIN item_info i ON i.item = p.item
LEFT JOIN unit_base b ON p.record >= 4611686018427387904 AND b.item = p.item AND b.range = range_of_line(p.record)
