-- Records of an export without numbers (Event Viewer's CSV) that rules fit, beside the log itself: such a record is a copy where the log has
-- a record of the same machine, channel, id and second of which no account, address, session, program or file is another, and one is the same
-- or the same rule fits both; of records that say the same, so many as the log has, and of several such exports one tells it. Where no machine is
-- named, account and session have to be the same, and the session one of its own. The number of such a record in the store is its row
-- or 0 and nothing tells it apart from others; a number of its own is told apart by its place. Asked of the times from $2 to $3, whole seconds.
INSERT INTO uncounted_hits
WITH unnumbered AS MATERIALIZED (
    SELECT h.item, h.range, h.record, h.sub, h.rule, t.time // 1000000000 AS second, lower(t.host) AS machine, t."event.dataset" AS log,
           t."event.code" AS code, lower(t."user.name") AS account, lower(t."user.target.name") AS target, lower(t."source.ip") AS address,
           lower(t."kakuho.session") AS session, lower(t."process.executable") AS program, lower(t."file.path") AS file, p.label, p.path,
           p.given_host IS NULL AND lower(t.host) = lower(p.label) AS unnamed, -- called after its file: no machine is known
           unnamed AND account IS NOT NULL AND session NOT IN ('0x0', '0x3e3', '0x3e4', '0x3e5', '0x3e7') AS telling,
           row_number() OVER (PARTITION BY h.item, h.rule, t.time // 1000000000, lower(t.host), t."event.dataset", t."event.code", account, target,
                              address, session, program, file ORDER BY h.range, h.record, h.sub) AS nth
    FROM hits h LEFT JOIN unit_base b ON b.item = h.item AND b.range = h.range JOIN item_info p ON p.item = h.item
    JOIN timeline t ON t.item = h.item AND t.range = h.range AND t.record = h.record + coalesce(b.base, 0) AND t.sub = h.sub
    WHERE h.rules = $1 AND h.time BETWEEN $2 AND $3 AND t.time BETWEEN $2 AND $3 AND (t.flags & 2) = 0
        AND starts_with(t."event.dataset", 'windows.') AND starts_with(t."event.module", 'winevent_')
        AND (h.record = 0 OR h.sub = 0)
), logged AS MATERIALIZED (
    SELECT item, range, record, sub, time // 1000000000 AS second, lower(host) AS machine, "event.dataset" AS log, "event.code" AS code,
           lower("user.name") AS account, lower("user.target.name") AS target, lower("source.ip") AS address, lower("kakuho.session") AS session,
           lower("process.executable") AS program, lower("file.path") AS file,
           CASE WHEN "event.module" = 'syslog' THEN told_record(more) ELSE record END AS number
    FROM timeline WHERE time BETWEEN $2 AND $3 AND time // 1000000000 IN (SELECT second FROM unnumbered) AND (flags & 2) = 0
        AND starts_with("event.dataset", 'windows.')
        AND NOT (starts_with("event.module", 'winevent_') AND (record = 0 OR sub = 0))
), fitted AS (
    SELECT DISTINCT h.item, h.range, h.record + coalesce(b.base, 0) AS record, h.sub, h.rule
    FROM hits h LEFT JOIN unit_base b ON b.item = h.item AND b.range = h.range
    WHERE h.rules = $1 AND h.time BETWEEN $2 AND $3 AND h.time // 1000000000 IN (SELECT second FROM unnumbered)
), twins AS (
    SELECT u.item, u.range, u.record, u.sub, u.rule, count(DISTINCT l.number) AS count
    FROM unnumbered u JOIN logged l ON l.second = u.second AND l.log = u.log AND l.code = u.code
        AND (l.machine = u.machine OR (u.telling AND l.account = u.account AND l.session = u.session))
        AND coalesce(l.account = u.account, true) AND coalesce(l.target = u.target, true) AND coalesce(l.address = u.address, true)
        AND coalesce(l.session = u.session, true) AND coalesce(l.program = u.program, true) AND coalesce(l.file = u.file, true)
    LEFT JOIN fitted f ON f.item = l.item AND f.range = l.range AND f.record = l.record AND f.sub = l.sub AND f.rule = u.rule
    WHERE l.number > 0 AND (f.rule IS NOT NULL OR l.account = u.account OR l.target = u.target OR l.address = u.address
        OR l.session = u.session OR l.program = u.program OR l.file = u.file)
    GROUP BY ALL
), again AS (
    SELECT item, range, record, sub, rule FROM unnumbered WHERE NOT unnamed
    QUALIFY row_number() OVER (PARTITION BY rule, second, machine, log, code, account, target, address, session, program, file, nth
                               ORDER BY label, path, item, range, record, sub) > 1
    UNION
    SELECT item, range, record, sub, rule FROM (
        SELECT *, row_number() OVER (PARTITION BY rule, second, log, code, account, target, address, session, program, file, nth
                                     ORDER BY unnamed, label, path, item, range, record, sub) AS turn
        FROM unnumbered WHERE telling OR (NOT unnamed AND account IS NOT NULL AND session IS NOT NULL)
    ) WHERE unnamed AND turn > 1
), copies AS (
    SELECT u.item, u.range, u.record, u.sub FROM unnumbered u LEFT JOIN twins t USING (item, range, record, sub, rule)
        LEFT JOIN again a USING (item, range, record, sub, rule)
    GROUP BY ALL HAVING bool_and(coalesce(t.count, 0) >= u.nth OR a.rule IS NOT NULL)
)
SELECT $1, item, range, record, sub, 0 FROM copies
ANTI JOIN (SELECT * FROM uncounted_hits WHERE rules = $1) USING (item, range, record, sub)
