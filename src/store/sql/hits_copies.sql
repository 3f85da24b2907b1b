-- Records that a rule fits in several copies of one log (an image and a collection, a backup): one of them tells it, the live
-- one before a recovered one, then the first by name. A record of Windows is the same by machine, channel, number, id and
-- second, whatever tells records of one number apart in its file (an export numbers its records anew beside that); of a log that came
-- through syslog the number is a field. A line of anything else, or a record without a number (that of an export is its row, and its sub is 0), is where
-- the whole files are the same, on the same machine. Asked of the times from $2 to $3, and of the numbers that leave $5 when $4 divides them.
INSERT INTO uncounted_hits
WITH place AS (
    SELECT item, lower(host) AS keeper, sha256, row_number() OVER (ORDER BY label, path, item) AS number FROM item_info
    WHERE item IN (SELECT item FROM hits WHERE rules = $1)
), forwarded AS MATERIALIZED (
    SELECT item, range, record, sub, told_record(more) AS id
    FROM timeline WHERE "event.module" = 'syslog' AND starts_with("event.dataset", 'windows.') AND item IN (SELECT item FROM hits WHERE rules = $1)
        AND time BETWEEN $2 AND $3
), lines AS MATERIALIZED (
    SELECT DISTINCT h.item, h.range, h.record, h.sub, h.time // 1000000000 AS second, h.record + coalesce(b.base, 0) AS line,
           coalesce(f.id, line) AS id
    FROM hits h LEFT JOIN unit_base b ON b.item = h.item AND b.range = h.range
    LEFT JOIN forwarded f ON f.item = h.item AND f.range = h.range AND f.record = h.record + coalesce(b.base, 0) AND f.sub = h.sub
    WHERE h.rules = $1 AND h.time BETWEEN $2 AND $3 AND coalesce(f.id, h.record + coalesce(b.base, 0)) % $4 = $5
), twice AS (
    SELECT second, id FROM lines GROUP BY ALL HAVING min(item) < max(item)
), named AS (
    SELECT l.*, p.number, t.flags & 2 AS recovered, CASE WHEN starts_with(t."event.dataset", 'windows.') AND id > 0
            AND NOT (starts_with(t."event.module", 'winevent_') AND l.sub = 0)
        THEN {host: lower(t.host), log: t."event.dataset", code: t."event.code", sub: 0}
        ELSE {host: p.keeper, log: p.sha256::VARCHAR, code: l.range::VARCHAR, sub: l.sub} END AS log
    FROM lines l JOIN twice USING (second, id) JOIN place p ON p.item = l.item
    JOIN timeline t ON t.item = l.item AND t.range = l.range AND t.record = l.line AND t.sub = l.sub AND t.time BETWEEN $2 AND $3
)
SELECT $1, item, range, record, sub, 0 FROM named WHERE log.log IS NOT NULL
QUALIFY dense_rank() OVER (PARTITION BY log, second, id ORDER BY recovered, number) > 1
