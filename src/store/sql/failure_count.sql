SELECT (SELECT count(*) FROM units WHERE outcome = 1)
     + (SELECT count(*) FROM items WHERE unreadable = 1)
     + (SELECT count(*) FROM issues WHERE kind IN (1, 2, 3, 4, 5, 8))
     + (SELECT count(*) FROM scan_trouble)
