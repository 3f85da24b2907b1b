-- Parts of PowerShell scripts that were logged in parts, script by script and in order; what was recovered
-- from damaged places behind what was not. Which rows they are is found first, and `more` is named together
-- with what was found: else the texts of all events would be read and searched.
WITH logged AS MATERIALIZED (
    SELECT e.rowid AS place, d.word AS dataset FROM events e JOIN words c ON c.id = e.code AND c.word = '4104'
    JOIN words d ON d.id = e.dataset AND (d.word LIKE '%powershell/operational' OR d.word LIKE '%powershellcore/operational')
)
SELECT * FROM (
    SELECT p.item, i.evidence, i.path, coalesce(u.host, ''), coalesce(u.zone, ''), p.range, p.record, p.sub, p.time,
           lower(regexp_extract(p.text, '\["ScriptBlockId","\{?([0-9a-fA-F-]{36})\}?"\]', 1)) AS id,
           TRY_CAST(regexp_extract(p.text, '\["MessageNumber","([0-9]+)"\]', 1) AS UINTEGER) AS number,
           TRY_CAST(regexp_extract(p.text, '\["MessageTotal","([0-9]+)"\]', 1) AS UINTEGER) AS total, p.text, p.flags, p."offset"
    FROM (SELECT e.*, (e.marks & 255)::UTINYINT AS flags, nullif(kakuho_more(e.names, e.more), l.dataset) AS text FROM logged l JOIN events e ON e.rowid = l.place) p
    JOIN items i ON i.item = p.item
    LEFT JOIN (SELECT item, max(nullif(host, '')) AS host, max(nullif(zone, '')) AS zone FROM units GROUP BY item) u ON u.item = p.item
    WHERE p.text NOT LIKE '%["MessageTotal","1"]%'
) p WHERE id <> '' AND number > 0 AND total > 1
ORDER BY p.item, id, number, p.flags, p.record, p."offset", p.sub
