-- Items (files with content) on a machine.
SELECT item FROM item_info WHERE lower(host) = lower($1) AND coalesce(volume, 0) = 0 ORDER BY item
