-- Mentions of records dated within $1 and $2, as written.
SELECT item, tab, record, slot, dated FROM mentions WHERE dated BETWEEN $1 AND $2 ORDER BY item, tab, record, slot
