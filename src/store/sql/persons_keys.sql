-- Rule keys of mentions that are somebody.
SELECT rowid, record, slot, keys FROM mentions WHERE standing IN (0, 3)
