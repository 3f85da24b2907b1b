SELECT coalesce(max(rules) FILTER (WHERE engine = 0), 0), coalesce(max(rules) FILTER (WHERE engine = 1), 0) FROM rules
