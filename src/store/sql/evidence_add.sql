INSERT INTO evidence (evidence, id, label, source, kind, host, bytes, expected, taken_in, forced)
VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
