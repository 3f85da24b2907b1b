SELECT path, lower(hex(sha256)), coalesce(size, 0) FROM item_info
WHERE evidence = ? AND parent = 0 AND sha256 IS NOT NULL ORDER BY path
