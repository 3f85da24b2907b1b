-- Parts of PowerShell scripts that were logged in parts, script by script and in order; what was recovered
-- from damaged places behind what was not.
SELECT * FROM (
    SELECT e.item, i.evidence, i.path, coalesce(u.host, ''), coalesce(u.zone, ''), e.range, e.record, e.sub, e.time,
           lower(regexp_extract(e.more, '\["ScriptBlockId","\{?([0-9a-fA-F-]{36})\}?"\]', 1)) AS id,
           TRY_CAST(regexp_extract(e.more, '\["MessageNumber","([0-9]+)"\]', 1) AS UINTEGER) AS number,
           TRY_CAST(regexp_extract(e.more, '\["MessageTotal","([0-9]+)"\]', 1) AS UINTEGER) AS total, e.more, e.flags, e."offset"
    FROM events e JOIN words c ON c.id = e.code AND c.word = '4104'
    JOIN words d ON d.id = e.dataset AND (d.word LIKE '%powershell/operational' OR d.word LIKE '%powershellcore/operational')
    JOIN items i ON i.item = e.item
    LEFT JOIN (SELECT item, max(nullif(host, '')) AS host, max(nullif(zone, '')) AS zone FROM units GROUP BY item) u ON u.item = e.item
    WHERE e.more NOT LIKE '%["MessageTotal","1"]%'
) p WHERE id <> '' AND number > 0 AND total > 1
ORDER BY p.item, id, number, p.flags, p.record, p."offset", p.sub
