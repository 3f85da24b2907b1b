-- Made anew each time a case is opened to be written to.
CREATE OR REPLACE VIEW item_info AS
SELECT i.item, i.evidence, i.parent, i.path, i.size, i.modified, i.parser, i.volume, i.unreadable, coalesce(i.sha256, u.sha256) AS sha256,
    e.id AS evidence_id, e.label, coalesce(e.sha256, e.label) AS evidence_key, nullif(e.host, '') AS given_host,
    coalesce(nullif(e.host, ''), u.host) AS keeper, coalesce(nullif(e.host, ''), u.host, nullif(e.found_host, ''), e.label) AS host
FROM items i JOIN evidence e ON e.evidence = i.evidence
LEFT JOIN (SELECT item, max(sha256) AS sha256, max(nullif(host, '')) AS host FROM units
    WHERE sha256 IS NOT NULL OR host <> '' GROUP BY item) u ON u.item = i.item;

-- Event logs of Windows, in whatever form they came.
CREATE OR REPLACE VIEW windows_logs AS
SELECT item, evidence FROM items WHERE parser IN ('evtx', 'evt', 'winevent_xml', 'winevent_json', 'winevent_csv', 'winevent_clixml', 'winevent_text');

-- How many lines of an item stand before each range. Most items are one range: they are left out.
CREATE OR REPLACE VIEW unit_base AS
SELECT item, range, sum(lines) OVER (PARTITION BY item ORDER BY range ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING)::UBIGINT AS base
FROM units WHERE range < 4294967294 AND item IN (SELECT item FROM units WHERE range > 0 AND range < 4294967294);

-- Records that are lines of a range behind the first: KK_LINE_OF_RANGE, where the range begins in 64 KiB, the line.
CREATE OR REPLACE MACRO line_in_range(record) AS record & 4294967295;
CREATE OR REPLACE MACRO range_of_line(record) AS (record >> 32 & 1073741823) // 1024;

-- What is packed into a container without being pressed is in both: it is told of the inner one.
CREATE OR REPLACE VIEW scan_told AS
SELECT h.*, coalesce(i.modified, p.time) AS time
FROM scan_hits h JOIN items i ON i.item = h.item LEFT JOIN (SELECT child, min(time) AS time FROM payloads GROUP BY child) p ON p.child = h.item
WHERE NOT EXISTS (SELECT 1 FROM scan_hits c JOIN items ci ON ci.item = c.item WHERE ci.parent = h.item AND c.rules = h.rules AND c.rule = h.rule);

CREATE OR REPLACE VIEW scan_trouble AS
SELECT s.item, s.outcome, CASE s.outcome
    WHEN 1 THEN 'held against YARA rules in part: its first 48 MiB and its last 16 MiB'
    WHEN 2 THEN 'a text of a YARA rule is in it more than a million times: the rest is not counted'
    WHEN 3 THEN 'held against YARA rules for 60 seconds, then given up'
    WHEN 4 THEN 'holding it against YARA rules takes more memory than there is'
    WHEN 5 THEN 'not held against YARA rules: ' || s.reason
    ELSE 'not held against YARA rules: ' || coalesce(s.reason, 'it could not be read') END AS reason
FROM scanned s JOIN items i ON i.item = s.item
WHERE s.outcome > 0 AND NOT (s.outcome = 6 AND i.unreadable = 1);

-- The number that a record of Windows has in its log, where that came through syslog; NULL: it tells none.
CREATE OR REPLACE MACRO told_record(more) AS try_cast(regexp_extract(more, '\["EventRecordID","(\d+)"\]', 1) AS UBIGINT);

-- Names as people compare them: without folders, small letters, one form of what a Mac decomposes.
CREATE OR REPLACE MACRO file_path(path) AS '/' || ltrim(lower(nfc_normalize(replace(path, '\', '/'))), './');
CREATE OR REPLACE MACRO file_name(path) AS regexp_extract(file_path(path), '([^/]+)$', 1);
CREATE OR REPLACE MACRO file_tail(path) AS regexp_extract(path, '([^/]+/[^/]+)$', 1);
