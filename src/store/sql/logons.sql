-- Logons by account, source and kind: how many succeeded and failed and why, when first and last, what ended them.
-- A record of Windows that stands in two copies of a log counts once (exports round its time). Logoffs and privileges belong to
-- the latest logon of their id; those without one have rows of their own. docs/logons.md says what each kind counts.
WITH base AS NOT MATERIALIZED (
    SELECT time, time // 1000000000 AS second, host, lower(host) AS machine, "event.dataset" AS log, starts_with("event.dataset", 'windows.') AS windows,
           "event.code" AS code, "event.provider" AS provider, "event.action" AS act, outcome, "user.name" AS name,
           "user.domain" AS domain, "user.target.name" AS target, lower("kakuho.session") AS session, "source.ip" AS ip,
           "source.port" AS port, "source.domain" AS far, coalesce("destination.domain", "destination.ip") AS near, more,
           label, path, record, sub, "offset" AS place, length
    FROM timeline
    WHERE (flags & 2) = 0 AND time IS NOT NULL {extra}
      AND ("event.category" IN ('authentication', 'session') OR "event.dataset" = 'fortinet.vpn'
           OR ("event.action" = 'connection' AND "event.provider" IN ('Microsoft-Windows-RemoteDesktopServices-RdpCoreTS',
               'Microsoft-Windows-TerminalServices-RemoteConnectionManager')))
), copied AS (
    SELECT machine, log, code, second, record, min({label: label, path: path, place: place}) AS kept
    FROM base JOIN (SELECT machine, log, code, second, record FROM base WHERE windows GROUP BY ALL HAVING count(*) > 1)
      USING (machine, log, code, second, record) GROUP BY ALL
), fields AS (
    SELECT b.* EXCLUDE (more), regexp_extract(more, '\["LogonType","(\d+)"\]', 1) AS type,
           lower(regexp_extract(more, '\["SubStatus","([^"]*)"\]', 1)) AS substatus,
           lower(regexp_extract(more, '\["(?:Status|ErrorCode)","([^"]*)"\]', 1)) AS status,
           regexp_extract(more, '\["ReasonCode","(\d+)"\]', 1) AS policy,
           nullif(nullif(regexp_extract(more, '\["TargetDomainName","([^"]*)"\]', 1), '-'), '') AS target_domain,
           greatest(coalesce(try_cast(regexp_extract(more, '\["repeated","(\d+)"\]', 1) AS UBIGINT), 1), 1) AS times
    FROM base b LEFT JOIN copied c USING (machine, log, code, second, record)
    WHERE c.kept IS NULL OR c.kept = {label: label, path: path, place: place}
), kinds AS (
    SELECT *, CASE
        WHEN log = 'windows.security' THEN CASE act
            WHEN 'logon' THEN 'logon' WHEN 'logoff' THEN 'logon' WHEN 'special-privileges' THEN 'logon'
            WHEN 'explicit-logon' THEN 'explicit' WHEN 'kerberos-ticket' THEN 'kerberos_ticket'
            WHEN 'kerberos-preauthentication' THEN 'kerberos_ticket' WHEN 'kerberos-service-ticket' THEN 'kerberos_service'
            WHEN 'ntlm-validation' THEN 'ntlm' WHEN 'network-access' THEN 'network_policy'
            WHEN 'session-reconnect' THEN 'rdp_reconnect' WHEN 'session-disconnect' THEN 'rdp_disconnect' END
        WHEN windows THEN CASE act
            WHEN 'session-logon' THEN 'rdp_session' WHEN 'session-reconnect' THEN 'rdp_reconnect'
            WHEN 'session-disconnect' THEN CASE WHEN code = '24' THEN 'rdp_disconnect' END
            WHEN 'rdp-reached' THEN 'rdp_reached' WHEN 'connection' THEN 'rdp_connection' WHEN 'logon' THEN 'rdp_connection'
            WHEN 'gateway-connect' THEN 'rdp_gateway' WHEN 'rdp-client-connect' THEN 'rdp_client' END
        WHEN log = 'fortinet.vpn' THEN CASE WHEN act = 'tunnel-up' OR outcome = 2 THEN 'vpn' END
        WHEN log IN ('linux.wtmp', 'linux.btmp', 'linux.utmp', 'linux.lastlog', 'linux.auditd') THEN
            CASE WHEN act IN ('logon', 'logon-failed') THEN 'login' WHEN act = 'sudo' THEN 'sudo' END
        WHEN provider IN ('sshd', 'dropbear') THEN CASE
            WHEN act IN ('logon', 'logon-failed', 'logon-blocked', 'invalid-user') THEN 'ssh'
            WHEN act = 'disconnected' AND outcome = 2 AND name IS NOT NULL THEN 'ssh' END
        WHEN act IN ('su', 'sudo') THEN act
        WHEN act IN ('logon', 'logon-failed') THEN 'login'
        WHEN act IN ('authentication-failed', 'session-opened') AND lower(provider) NOT IN
            ('su', 'sudo', 'login', 'cron', 'crond', 'atd', 'systemd', 'systemd-logind', 'systemd-user', 'polkitd', 'pkexec',
             'runuser') THEN 'pam' END AS kind
    FROM fields
), judged AS (
    SELECT *, CASE
            WHEN kind IN ('rdp_reached', 'rdp_client') OR (kind = 'rdp_connection' AND act = 'connection') THEN 'reached'
            WHEN kind = 'explicit' THEN 'explicit' WHEN kind = 'rdp_disconnect' THEN 'disconnect'
            WHEN act = 'logoff' THEN 'logoff' WHEN act = 'special-privileges' THEN 'privileges'
            WHEN outcome = 2 THEN 'failure' ELSE 'success' END AS result,
        CASE WHEN kind = 'explicit' THEN target WHEN kind IN ('su', 'sudo') THEN coalesce(target, 'root') ELSE name END AS account,
        CASE WHEN kind = 'explicit' THEN target_domain ELSE domain END AS realm,
        CASE WHEN kind IN ('explicit', 'su', 'sudo') THEN name END AS actor,
        CASE WHEN kind = 'kerberos_service' THEN target
             WHEN kind IN ('explicit', 'rdp_gateway', 'rdp_client', 'network_policy') THEN near END AS aim,
        CASE WHEN kind = 'logon' THEN try_cast(type AS UTINYINT) END AS logon_type,
        CASE WHEN ip IN ('::1', '0.0.0.0', '::') OR starts_with(ip, '127.') THEN 'local' ELSE lower(ip) END AS address,
        CASE WHEN kind = 'explicit' THEN NULL ELSE far END AS workstation,
        CASE WHEN outcome IS DISTINCT FROM 2 THEN NULL
             WHEN kind = 'network_policy' THEN 'policy:' || policy
             WHEN kind IN ('kerberos_ticket', 'kerberos_service') THEN 'kerberos:' || status
             WHEN kind = 'rdp_gateway' THEN 'gateway:' || status
             WHEN kind = 'rdp_connection' THEN 'event:140'
             WHEN windows AND substatus IN ('', '-') AND status IN ('', '-') THEN 'event:' || code
             WHEN windows THEN 'status:' || CASE WHEN regexp_matches(substatus, '[1-9a-f]') AND substatus NOT IN ('-', '0x0')
                  AND NOT regexp_matches(substatus, '^0x0+$') THEN substatus ELSE status END
             ELSE 'line:' || act END AS reason,
        -- One attempt over ssh is told by several lines: those without a plain failure beside them stand for it.
        kind = 'ssh' AND act NOT IN ('logon', 'logon-failed') AS weak
    FROM kinds WHERE kind IS NOT NULL
), attempts AS (
    SELECT * FROM judged WHERE NOT weak
    UNION ALL
    SELECT * FROM judged j WHERE weak AND NOT EXISTS (SELECT 1 FROM judged s WHERE s.kind = 'ssh' AND s.act = 'logon-failed'
        AND s.machine = j.machine AND s.session = j.session AND s.ip IS NOT DISTINCT FROM j.ip
        AND s.time BETWEEN j.time - 600000000000 AND j.time + 600000000000)
    QUALIFY row_number() OVER (PARTITION BY machine, session, ip, port ORDER BY time, label, path, record, sub, place) = 1
), named AS (
    SELECT *, lower(account) AS who, kind = 'logon' AND session IS NOT NULL AS has_life,
           CASE WHEN address <> 'local' THEN address
                WHEN lower(workstation) <> split_part(machine, '.', 1) THEN lower(workstation) ELSE 'local' END AS source,
           CASE WHEN account IS NULL OR account = 'ANONYMOUS LOGON' THEN 'anonymous'
                WHEN ends_with(account, '$') THEN 'machine'
                WHEN upper(account) IN ('SYSTEM', 'LOCAL SERVICE', 'NETWORK SERVICE', 'IUSR') OR logon_type IN (0, 5)
                  OR regexp_matches(account, '^(DWM|UMFD)-\d+$') OR upper(realm) IN ('NT SERVICE', 'IIS APPPOOL') THEN 'service'
                ELSE 'user' END AS account_is
    FROM attempts
), lives AS ( -- a logon may be written two seconds after its privileges
    SELECT *, sum((result = 'success')::INT) OVER (PARTITION BY machine, session
        ORDER BY time - CASE WHEN result = 'success' THEN 2000000000 ELSE 0 END, result = 'success' DESC, label, path, record
        ROWS UNBOUNDED PRECEDING) AS life
    FROM named WHERE has_life
), joined AS (
    SELECT *, bool_or(result = 'logoff') OVER w AS over, bool_or(result = 'privileges') OVER w AS privileged
    FROM lives WINDOW w AS (PARTITION BY machine, session, life)
), events AS (
    SELECT * EXCLUDE (life, over, privileged) REPLACE (CASE WHEN life = 0 AND logon_type IS NULL AND result IN ('logoff', 'privileges')
           THEN result ELSE kind END AS kind),
           over AND result = 'success' AS over, privileged AND result = 'success' AS privileged
    FROM joined WHERE result IN ('success', 'failure') OR life = 0
    UNION ALL SELECT *, false, false FROM named WHERE NOT has_life
), tries AS (
    SELECT *, CASE WHEN kind IN ('logon', 'ssh', 'vpn', 'kerberos_ticket', 'ntlm', 'login', 'su', 'sudo', 'pam', 'network_policy',
                                 'rdp_gateway') AND who IS NOT NULL THEN kind END AS family
    FROM events
), runs AS ( -- failures up to a success, by account and source
    SELECT *, sum((result = 'success')::INT) OVER (PARTITION BY machine, who, source, family
        ORDER BY time, result, label, path, record, sub, place ROWS UNBOUNDED PRECEDING)
        - (result = 'success')::INT AS run
    FROM tries
), ends AS (
    SELECT *, max(time) FILTER (WHERE result = 'success') OVER (PARTITION BY machine, who, source, family, run) AS won FROM runs
), before AS (
    SELECT *, CASE WHEN family IS NULL OR result <> 'success' THEN 0 ELSE
               coalesce(sum(times) FILTER (WHERE result = 'failure' AND won - time <= 86400000000000) OVER w, 0) END AS failed_before,
           min(time) FILTER (WHERE result = 'failure' AND won - time <= 86400000000000) OVER w AS failing_since
    FROM ends WINDOW w AS (PARTITION BY machine, who, source, family, run)
), sources AS (
    SELECT source, count(DISTINCT who) AS accounts, count(DISTINCT who) FILTER (WHERE result = 'failure') AS failed_accounts,
           count(DISTINCT machine) AS machines
    FROM events WHERE result IN ('success', 'failure') AND source <> 'local' GROUP BY source
), parts AS (
    SELECT machine, who, lower(realm) AS realm_key, kind, logon_type, address, nullif(lower(workstation), split_part(machine, '.', 1)) AS far_part, lower(actor) AS actor_key,
           lower(aim) AS aim_key, log, source, reason, min(host) AS host, min(account) AS account, min(realm) AS domain,
           min(account_is) AS account_is, min(workstation) AS workstation, min(actor) AS actor, min(aim) AS aim,
           coalesce(sum(times) FILTER (WHERE result = 'success'), 0) AS successes,
           coalesce(sum(times) FILTER (WHERE result = 'failure'), 0) AS failures,
           coalesce(sum(times) FILTER (WHERE result IN ('reached', 'explicit', 'disconnect')), 0) AS others,
           count(*) FILTER (WHERE over) + count(DISTINCT session) FILTER (WHERE result = 'logoff') AS ended,
           count(*) FILTER (WHERE privileged OR result = 'privileges') AS privileged,
           min({n: -failed_before::BIGINT, won: time, since: failing_since}) FILTER (WHERE failed_before > 0) AS broke_in,
           min({time: time, label: label, path: path, record: record, place: place, length: length}) AS first_ref,
           max({time: time, label: label, path: path, record: record, place: place, length: length}) AS last_ref
    FROM before GROUP BY 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12
), totals AS (
    SELECT machine, who, realm_key, kind, logon_type, address,
           CASE WHEN address = 'local' OR address IS NULL THEN far_part END AS far_key, actor_key, aim_key, log, source, min(host) AS host,
           min(account) AS account, min(domain) AS domain, min(account_is) AS account_is, min(workstation) AS workstation, count(DISTINCT far_part) AS workstations,
           min(actor) AS actor, min(aim) AS aim, sum(successes) AS successes, sum(failures) AS failures, sum(others) AS others,
           sum(ended) AS ended, sum(privileged) AS privileged, min(broke_in) AS broke_in,
           string_agg(reason || '=' || failures, ';' ORDER BY reason, far_part) AS reasons, min(first_ref) AS first_ref, max(last_ref) AS last_ref
    FROM parts GROUP BY 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11
)
SELECT host, account, domain, account_is, kind, logon_type, nullif(address, 'local'), workstation, actor, aim, log,
       source = 'local', successes::UBIGINT, failures::UBIGINT, others::UBIGINT, ended::UBIGINT, privileged::UBIGINT, first_ref.time,
       last_ref.time, reasons, (-broke_in.n)::UBIGINT, broke_in.won, broke_in.since, s.accounts::UBIGINT, s.failed_accounts::UBIGINT,
       s.machines::UBIGINT, workstations::UBIGINT, first_ref.label, first_ref.path, first_ref.record, first_ref.place, first_ref.length, last_ref.label,
       last_ref.path, last_ref.record, last_ref.place, last_ref.length
FROM totals LEFT JOIN sources s USING (source)
ORDER BY machine, who NULLS LAST, realm_key NULLS LAST, kind, logon_type NULLS LAST, address NULLS LAST, far_key NULLS LAST,
         actor_key NULLS LAST, aim_key NULLS LAST, log
