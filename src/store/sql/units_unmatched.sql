SELECT count(*) FROM (SELECT DISTINCT item, range FROM units WHERE events > 0
EXCEPT SELECT item, range FROM matched WHERE rules = ?)
