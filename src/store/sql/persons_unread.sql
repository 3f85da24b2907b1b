-- Items of which something was not read, or nothing at all: with the kinds of their issues as bits.
-- What was decoded out of an event was read there. Of volumes those that tell of nothing inside.
SELECT i.item, i.label, i.path, coalesce(i.host, ''), coalesce(i.size, 0), coalesce(i.parser, ''), coalesce(u.failed, 0),
       coalesce(s.kinds, 0)::UBIGINT, coalesce(i.unreadable, 0), coalesce(m.mentions, 0), coalesce(i.volume, 0)
FROM item_info i
LEFT JOIN (SELECT item, max(outcome) AS failed FROM units WHERE range < 4294967294 GROUP BY item) u ON u.item = i.item
LEFT JOIN (SELECT item, bit_or(1::UBIGINT << kind::UBIGINT) AS kinds FROM issues GROUP BY item) s ON s.item = i.item
LEFT JOIN (SELECT item, count(*) AS mentions FROM mentions GROUP BY item) m ON m.item = i.item
WHERE (coalesce(i.volume, 0) = 0 OR (s.kinds IS NOT NULL AND i.item NOT IN (SELECT parent FROM items)))
  AND (u.failed = 1 OR s.kinds IS NOT NULL OR i.unreadable = 1 OR
       (coalesce(i.parser, '') = '' AND i.item NOT IN (SELECT child FROM payloads WHERE child IS NOT NULL)))
ORDER BY i.label, i.path, i.item
