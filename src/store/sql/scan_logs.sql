-- Items with something inside.
SELECT item, coalesce(parser, '') FROM items WHERE item IN (SELECT parent FROM items) ORDER BY item
