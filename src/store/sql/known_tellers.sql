-- Units in which something like a password stands.
SELECT DISTINCT item, range FROM tellers ORDER BY item, range
