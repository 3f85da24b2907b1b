-- Mentions of a stretch of rows, in no order: the reader sorts. The row's number finds it again.
SELECT rowid, item, tab, record, slot, role, standing, items, dated, left_at, hashes FROM mentions
WHERE rowid >= ? AND rowid < ?
