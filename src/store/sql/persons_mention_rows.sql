-- How many rows of mentions were ever numbered.
SELECT coalesce(max(rowid), -1) + 1 FROM mentions
