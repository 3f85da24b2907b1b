-- Companies and groups that stand where a person's name would, as written.
SELECT DISTINCT coalesce(nullif(split_part(p.said, chr(31), 8), ''), split_part(p.said, chr(31), 1))
FROM personal p
JOIN (SELECT item, tab, record, slot FROM mentions WHERE standing = 1) m
    ON m.item = p.item AND m.tab = p.tab AND m.record = p.record AND m.slot = p.slot
