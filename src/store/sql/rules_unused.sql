SELECT CASE state WHEN 2 THEN 'without_log' ELSE 'refused' END, file, line, id, title, why, CASE engine WHEN 1 THEN 'yara' ELSE 'sigma' END
FROM rules WHERE state >= 2 ORDER BY state, file, line, id
