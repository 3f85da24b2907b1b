SELECT rule, state, id, title, coalesce(title_ja, ''), level, file, line, logs, parts, all_parts FROM rules WHERE engine = 0 ORDER BY state, rule, file, line, id
