-- Files that an SFTP server read out or wrote for somebody: its lines name neither account nor address, so they are
-- joined with the line that opened the same session (process) before. With the items that path and size fit.
WITH opened AS (
    SELECT host, "kakuho.session" AS session, time, "user.name" AS account, "source.ip" AS ip
    FROM timeline WHERE "event.action" IN ('sftp-opened', 'session-opened', 'logon') AND starts_with("kakuho.session", 'sshd:')
      AND "source.ip" IS NOT NULL AND time IS NOT NULL
), files AS (
    SELECT host, "kakuho.session" AS session, time, "event.action" AS action, "file.path" AS file, label, path, record,
           "offset", length, CASE WHEN "event.action" = 'download' THEN "destination.bytes" ELSE "source.bytes" END AS bytes
    FROM timeline WHERE "event.action" IN ('upload', 'download') AND starts_with("kakuho.session", 'sshd:') AND time IS NOT NULL
)
SELECT f.host, f.label, f.path, f.record, f."offset", f.length, f.time, o.account, o.ip, o.time, f.action, f.bytes, i.item
FROM files f ASOF JOIN opened o ON f.host = o.host AND f.session = o.session AND f.time >= o.time
LEFT JOIN item_info i ON lower(i.host) = lower(f.host) AND ends_with('/' || i.path, f.file) AND i.size = f.bytes
  AND i.parser IS DISTINCT FROM 'leak_listing' AND f.action = 'download'
ORDER BY f.host, o.time, o.account, o.ip, f.label, f.path, f.record, i.item
