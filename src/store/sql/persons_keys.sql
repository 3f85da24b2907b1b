-- What rule keys are made of, of mentions that are somebody.
SELECT rowid, record, slot, hashes FROM mentions WHERE standing IN (0, 3)
