SELECT name, text, is_list FROM rule_files ORDER BY position
