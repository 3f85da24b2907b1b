-- YARA rules: those that are used and told of, in the order of their files, and those that cannot be used.
SELECT state, id, title, file, line FROM rules WHERE engine = 1 AND state <> 1 ORDER BY file, line, id
