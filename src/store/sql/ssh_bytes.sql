-- What ssh sessions carried: the server's own total where it logged one, else the sum of the files over SFTP. The lines
-- stand under the process that served the session, which a line with account and address opened.
WITH opened AS (
    SELECT host, "kakuho.session" AS session, time, "user.name" AS account, "source.ip" AS ip
    FROM timeline WHERE "event.action" IN ('sftp-opened', 'session-opened', 'logon') AND starts_with("kakuho.session", 'sshd:')
      AND "source.ip" IS NOT NULL AND time IS NOT NULL
), told AS (
    SELECT host, "kakuho.session" AS session, time, "event.action" = 'transferred' AS whole,
           coalesce("source.bytes", 0) AS brought, coalesce("destination.bytes", 0) AS carried
    FROM timeline WHERE "event.action" IN ('upload', 'download', 'transferred') AND starts_with("kakuho.session", 'sshd:')
      AND time IS NOT NULL
)
SELECT t.host, o.account, o.ip, o.time, sum(brought)::UBIGINT, sum(carried)::UBIGINT
FROM told t ASOF JOIN opened o ON t.host = o.host AND t.session = o.session AND t.time >= o.time
GROUP BY t.host, o.account, o.ip, o.time, t.whole
ORDER BY t.host, o.time, o.account, o.ip, t.whole
