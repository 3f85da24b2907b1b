-- Items in which something was behind a password that nobody knew.
SELECT DISTINCT s.item, coalesce(i.parser, '') FROM issues s JOIN items i ON i.item = s.item WHERE s.kind = 4 ORDER BY s.item
