SELECT file, line FROM rules WHERE id = ? AND engine = 1 AND state = 0 ORDER BY file, line LIMIT 1
