-- Items in which something was behind a password that nobody knew.
SELECT DISTINCT item FROM issues WHERE kind = 4
