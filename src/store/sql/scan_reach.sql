-- How far items were held against YARA rules: those that were in part or not (1, 2) each with the reason, those that were wholly (0) as
-- their number on each machine. What is behind a password inside of an archive is told by the archive's list.
WITH held AS (SELECT item, max(outcome) AS outcome, max(walked) AS walked FROM scanned GROUP BY item),
walls AS (
    SELECT item, bool_or(kind = 4) AS locked, bool_or(kind = 2) AS over, bool_or(kind IN (0, 1, 3, 5, 8)) AS torn FROM issues GROUP BY item
), members AS (
    SELECT DISTINCT i.item, i.label, i.path || '!/' || t."file.path" AS path, coalesce(i.host, '') AS host
    FROM walls w JOIN item_info i ON i.item = w.item AND i.parser = 'archive'
    JOIN timeline t ON t.item = i.item AND t."event.dataset" = 'archive' AND contains(t.more, '["encrypted","true"]')
    WHERE w.locked AND NOT EXISTS (SELECT 1 FROM items c WHERE c.parent = i.item AND c.path = i.path || '!/' || t."file.path"
                                   AND coalesce(c.unreadable, 0) = 0)
), known AS (
    SELECT i.item, i.label, i.path, coalesce(i.host, '') AS host, i.unreadable = 1 AS unreadable, h.outcome, w.locked,
        i.parent = 0 AND coalesce(h.walked, 0) <> 2 AS pending,
        i.parser IN ('archive', 'filesystem', 'partitions', 'ewf', 'mail', 'msg', 'pst') AND w.over AS over,
        i.parser IN ('archive', 'filesystem', 'partitions', 'ewf', 'mail', 'msg', 'pst') AND w.torn AS torn
    FROM item_info i JOIN evidence e ON e.evidence = i.evidence AND coalesce(e.forced, '') = ''
    LEFT JOIN held h ON h.item = i.item LEFT JOIN walls w ON w.item = i.item
), judged AS (
    SELECT host, label, path, outcome, CASE
        WHEN unreadable OR outcome = 6 THEN 'unreadable' WHEN outcome = 3 THEN 'timed_out' WHEN outcome = 4 THEN 'memory'
        WHEN outcome = 5 THEN 'crashed' WHEN outcome = 1 THEN 'too_large'
        WHEN locked AND item NOT IN (SELECT item FROM members) THEN 'locked'
        WHEN over THEN 'limit' WHEN torn THEN 'damaged' WHEN pending THEN 'pending' ELSE '' END AS why
    FROM known WHERE outcome IS NOT NULL OR unreadable OR locked OR over OR torn OR pending
    UNION ALL
    SELECT host, label, path, NULL, 'locked' FROM members
)
SELECT host, label, path, CASE WHEN outcome <= 2 THEN 1 ELSE 2 END, why, 1 FROM judged WHERE why <> ''
UNION ALL
SELECT host, '', '', 0, '', count(*) FROM judged WHERE why = '' AND outcome IS NOT NULL GROUP BY host
ORDER BY 2, 3, 5, 1
