-- Hits in event logs of Windows that were exported: their records may have no numbers.
SELECT count(*) FROM hits WHERE rules = ? AND time IS NOT NULL AND item IN (SELECT item FROM items WHERE starts_with(parser, 'winevent_'))
