SELECT count(*) FROM scan_trouble
