-- What identity was told of mentions that are somebody: for explanations.
SELECT item, tab, record, slot, role, dated, hashes FROM mentions WHERE standing IN (0, 3) {extra}
