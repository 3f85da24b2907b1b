UPDATE evidence SET sha256 = $1, bytes = $2, found_host = (
    SELECT w.word FROM events e JOIN items i ON i.item = e.item JOIN words w ON w.id = e.host_name
    WHERE i.evidence = $3 AND i.parser = 'evtx' GROUP BY w.word ORDER BY count(*) DESC, w.word LIMIT 1)
WHERE evidence = $3
