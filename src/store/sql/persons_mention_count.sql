SELECT count(*) FROM mentions
