SELECT item, parent, coalesce(size, 0), coalesce(parser, '') FROM items ORDER BY item
