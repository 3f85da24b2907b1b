-- The machine that evidence without a name given comes from: what its event logs say most often, else what most of its
-- items were read as (facts of a file system or a collection).
UPDATE evidence SET sha256 = $1, bytes = $2, found_host = coalesce((
    SELECT w.word FROM events e JOIN windows_logs i ON i.item = e.item JOIN words w ON w.id = e.host_name
    WHERE i.evidence = $3 GROUP BY w.word ORDER BY count(*) DESC, w.word LIMIT 1), (
    SELECT u.host FROM units u JOIN items i ON i.item = u.item
    WHERE i.evidence = $3 AND nullif(u.host, '') IS NOT NULL GROUP BY u.host ORDER BY count(*) DESC, u.host LIMIT 1))
WHERE evidence = $3
