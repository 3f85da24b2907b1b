SELECT name, text, kind FROM rule_files ORDER BY position
