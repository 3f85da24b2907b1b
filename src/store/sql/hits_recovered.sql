-- Records that were recovered: those never count.
INSERT INTO uncounted_hits
SELECT $1, item, range, record, sub, 1 FROM hits
SEMI JOIN (SELECT item, range, record, sub FROM events WHERE (marks & 2) <> 0) USING (item, range, record, sub) WHERE rules = $1
