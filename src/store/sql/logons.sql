-- Logons by account, source and kind: how many succeeded and failed and why, when first and last, what ended them.
-- A record of Windows that stands in two copies of a log counts once (exports round its time). One of an export without numbers counts once with the log's own of the
-- same second of which neither account nor address nor session is another, so many as the log has; of several such exports the one that has
-- most of them. Where no machine is named, account and session have to be the same, and the session one of its own. Logoffs and privileges belong to
-- the latest logon of their id; those without one have rows of their own. docs/logons.md says what each kind counts.
-- There may be millions: what is sorted is narrow, texts stand aside by key.
WITH places AS (
    SELECT item, label, path, starts_with(parser, 'winevent_') AS exported, given_host IS NULL AS not_given, row_number() OVER (ORDER BY label, path, item) AS rank FROM item_info
    WHERE item IN (SELECT item FROM main.events)
), base AS NOT MATERIALIZED (
    SELECT time, time // 1000000000 AS second, host, lower(host) AS machine, "event.dataset" AS log, starts_with("event.dataset", 'windows.') AS windows,
           "event.code" AS code, "event.provider" AS provider, "event.action" AS act, outcome, "user.name" AS name,
           "user.domain" AS domain, "user.target.name" AS target, lower("kakuho.session") AS session, "source.ip" AS ip,
           "source.port" AS port, "source.domain" AS far, coalesce("destination.domain", "destination.ip") AS near, more,
           p.rank, record, sub, "offset" AS place, length,
           p.exported AND (record = 0 OR sub = 0) AS bare, -- its number is its row, or none
           bare AND p.not_given AND lower(host) = lower(p.label) AS unnamed, -- called after its file: no machine is known
           lower("kakuho.session") NOT IN ('0x0', '0x3e3', '0x3e4', '0x3e5', '0x3e7') AS own, -- not one that every machine has
           CASE WHEN "event.module" = 'syslog' AND starts_with("event.dataset", 'windows.')
                THEN coalesce(told_record(more), 0) WHEN bare THEN 0 ELSE record END AS number
    FROM timeline JOIN places p USING (item)
    WHERE (flags & 2) = 0 AND time IS NOT NULL {extra}
      AND ("event.category" IN ('authentication', 'session') OR "event.dataset" = 'fortinet.vpn'
           OR ("event.action" = 'connection' AND "event.provider" IN ('Microsoft-Windows-RemoteDesktopServices-RdpCoreTS',
               'Microsoft-Windows-TerminalServices-RemoteConnectionManager')))
), copied AS (
    SELECT machine, log, code, second, number, min({rank: rank, place: place}) AS kept
    FROM base JOIN (SELECT machine, log, code, second, number FROM base WHERE windows AND number > 0 GROUP BY ALL HAVING count(*) > 1)
      USING (machine, log, code, second, number) GROUP BY ALL
), unnumbered AS (
    SELECT machine, log, code, second, lower(name) AS account, ip, session, rank, place, unnamed,
           unnamed AND own AND name IS NOT NULL AS telling, row_number() OVER (
        PARTITION BY rank, machine, log, code, second, lower(name), ip, session ORDER BY record, sub, place) AS nth
    FROM base WHERE windows AND bare
), twins AS (
    SELECT u.rank, u.place FROM unnumbered u JOIN base n ON n.log = u.log AND n.code = u.code AND n.second = u.second
        AND (n.machine = u.machine OR (u.telling AND n.session = u.session AND lower(n.name) = u.account))
        AND coalesce(lower(n.name) = u.account, true) AND coalesce(n.ip = u.ip, true) AND coalesce(n.session = u.session, true)
    WHERE n.windows AND n.number > 0 GROUP BY u.rank, u.place, u.nth HAVING count(DISTINCT n.number) >= u.nth
    UNION
    SELECT rank, place FROM unnumbered WHERE NOT unnamed
    QUALIFY row_number() OVER (PARTITION BY machine, log, code, second, account, ip, session, nth ORDER BY rank, place) > 1
    UNION
    SELECT rank, place FROM (
        SELECT rank, place, unnamed, row_number() OVER (PARTITION BY log, code, second, account, ip, session, nth ORDER BY unnamed, rank, place) AS turn
        FROM unnumbered WHERE telling OR (NOT unnamed AND session IS NOT NULL AND account IS NOT NULL)
    ) WHERE unnamed AND turn > 1
), fields AS (
    SELECT b.* EXCLUDE (more), regexp_extract(more, '\["LogonType","(\d+)"\]', 1) AS type,
           lower(regexp_extract(more, '\["SubStatus","([^"]*)"\]', 1)) AS substatus,
           lower(regexp_extract(more, '\["(?:Status|ErrorCode)","([^"]*)"\]', 1)) AS status,
           regexp_extract(more, '\["ReasonCode","(\d+)"\]', 1) AS policy,
           nullif(nullif(regexp_extract(more, '\["TargetDomainName","([^"]*)"\]', 1), '-'), '') AS target_domain,
           greatest(coalesce(try_cast(regexp_extract(more, '\["repeated","(\d+)"\]', 1) AS UBIGINT), 1), 1) AS times
    FROM (SELECT * FROM base ANTI JOIN twins USING (rank, place)) b LEFT JOIN copied c USING (machine, log, code, second, number)
    WHERE c.kept IS NULL OR c.kept = {rank: rank, place: place}
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
        try_cast(CASE WHEN kind = 'logon' THEN type END AS UTINYINT) AS logon_type,
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
    QUALIFY row_number() OVER (PARTITION BY machine, session, ip, port ORDER BY time, rank, record, sub, place) = 1
), named AS (
    SELECT * REPLACE (CASE WHEN kind = 'logon' AND logon_type IS NULL AND result IN ('logoff', 'privileges') THEN result ELSE kind END AS kind),
           lower(account) AS who,
           CASE WHEN address <> 'local' THEN address
                WHEN lower(workstation) <> split_part(machine, '.', 1) THEN lower(workstation) ELSE 'local' END AS source,
           nullif(lower(workstation), split_part(machine, '.', 1)) AS far_name,
           CASE WHEN account IS NULL OR account = 'ANONYMOUS LOGON' THEN 'anonymous'
                WHEN ends_with(account, '$') THEN 'machine'
                WHEN upper(account) IN ('SYSTEM', 'LOCAL SERVICE', 'NETWORK SERVICE', 'IUSR') OR logon_type IN (0, 5)
                  OR regexp_matches(account, '^(DWM|UMFD)-\d+$') OR upper(realm) IN ('NT SERVICE', 'IIS APPPOOL') THEN 'service'
                ELSE 'user' END AS account_is
    FROM attempts
), events AS MATERIALIZED (
    SELECT hash({m: machine, w: who, r: lower(realm), k: kind, t: logon_type, a: address, b: lower(actor), i: lower(aim), l: log,
                 f: CASE WHEN address = 'local' OR address IS NULL THEN far_name END}) AS key,
           CASE WHEN who IS NOT NULL AND result IN ('success', 'failure') AND kind IN ('logon', 'ssh', 'vpn', 'kerberos_ticket', 'ntlm',
                     'login', 'su', 'sudo', 'pam', 'network_policy', 'rdp_gateway')
                THEN hash({m: machine, w: who, s: source, k: kind}) END AS pair,
           CASE WHEN session IS NOT NULL AND log = 'windows.security' AND (kind = 'logon' OR result IN ('logoff', 'privileges'))
                     AND result <> 'failure' THEN hash({m: machine, s: session}) END AS life,
           result, times, reason, time, rank, record, place, length, host, machine, account, who, realm, account_is, kind, logon_type,
           address, workstation, far_name, actor, aim, log, source
    FROM named
), lived AS ( -- a logon may be written two seconds after its privileges
    SELECT key, life, result, time, rank, record, place, length, sum((result = 'success')::INT) OVER (PARTITION BY life
        ORDER BY time - CASE WHEN result = 'success' THEN 2000000000 ELSE 0 END, result = 'success' DESC, rank, record
        ROWS UNBOUNDED PRECEDING) AS turn
    FROM events WHERE life IS NOT NULL
), ends AS (
    SELECT key, count(*) FILTER (WHERE over) AS ended, count(*) FILTER (WHERE raised) AS privileged
    FROM (SELECT min(key) FILTER (WHERE result = 'success') AS key, bool_or(result = 'logoff') AS over, bool_or(result = 'privileges') AS raised
          FROM lived WHERE turn > 0 GROUP BY life, turn) GROUP BY key
), counted AS (
    SELECT key, result, times, reason, NULL AS life, time, rank, record, place, length FROM events
    WHERE result NOT IN ('logoff', 'privileges')
    UNION ALL SELECT key, result, 1, NULL, life, time, rank, record, place, length FROM lived WHERE turn = 0 AND result <> 'success'
    UNION ALL SELECT key, result, 1, NULL, hash(rank, record, place), time, rank, record, place, length FROM events
    WHERE life IS NULL AND result IN ('logoff', 'privileges')
), parts AS (
    SELECT key, reason, coalesce(sum(times) FILTER (WHERE result = 'success'), 0) AS successes,
           coalesce(sum(times) FILTER (WHERE result = 'failure'), 0) AS failures,
           coalesce(sum(times) FILTER (WHERE result IN ('reached', 'explicit', 'disconnect')), 0) AS others,
           count(DISTINCT life) FILTER (WHERE result = 'logoff') AS ended, count(*) FILTER (WHERE result = 'privileges') AS privileged,
           min({time: time, rank: rank, record: record, place: place, length: length}) AS first_ref,
           max({time: time, rank: rank, record: record, place: place, length: length}) AS last_ref
    FROM counted GROUP BY key, reason
), totals AS (
    SELECT key, sum(successes) AS successes, sum(failures) AS failures, sum(others) AS others, sum(ended) AS ended,
           sum(privileged) AS privileged, string_agg(reason || '=' || failures, ';' ORDER BY reason) AS reasons,
           min(first_ref) AS first_ref, max(last_ref) AS last_ref
    FROM parts GROUP BY key
), texts AS (
    SELECT key, min(host) AS host, min(machine) AS machine, min(account) AS account, min(who) AS who, min(realm) AS domain,
           min(account_is) AS account_is, min(kind) AS kind, min(logon_type) AS logon_type, min(address) AS address,
           min(workstation) AS workstation, count(DISTINCT far_name) AS workstations, min(actor) AS actor, min(aim) AS aim,
           min(log) AS log, min(source) AS source
    FROM events GROUP BY key
), tried AS ( -- whoever both failed and got in, from one source: failures up to each success
    SELECT key, pair, result, times, time, rank, record, place, sum((result = 'success')::INT) OVER (PARTITION BY pair
        ORDER BY time, result, rank, record, place ROWS UNBOUNDED PRECEDING) - (result = 'success')::INT AS run
    FROM events WHERE pair IN (SELECT pair FROM events WHERE pair IS NOT NULL GROUP BY pair
        HAVING bool_or(result = 'success') AND bool_or(result = 'failure'))
), won AS (
    SELECT pair, run, min(key) AS key, min(time) AS won FROM tried WHERE result = 'success' GROUP BY pair, run
), broken AS (
    SELECT key, min({n: -failed, won: won, since: since}) AS best
    FROM (SELECT w.key, w.won, sum(t.times)::BIGINT AS failed, min(t.time) AS since
          FROM won w JOIN tried t ON t.pair = w.pair AND t.run = w.run AND t.result = 'failure' AND w.won - t.time <= 86400000000000
          GROUP BY w.key, w.won, w.pair, w.run) GROUP BY key
), sources AS (
    SELECT source, count(DISTINCT who) AS accounts, count(DISTINCT who) FILTER (WHERE result = 'failure') AS failed_accounts,
           count(DISTINCT machine) AS machines
    FROM events WHERE result IN ('success', 'failure') AND source <> 'local' GROUP BY source
)
SELECT host, account, domain, account_is, kind, logon_type, nullif(address, 'local'), workstation, actor, aim, log,
       x.source = 'local', successes::UBIGINT, failures::UBIGINT, others::UBIGINT, (t.ended + coalesce(e.ended, 0))::UBIGINT,
       (t.privileged + coalesce(e.privileged, 0))::UBIGINT, first_ref.time, last_ref.time, reasons, (-b.best.n)::UBIGINT, b.best.won,
       b.best.since, s.accounts::UBIGINT, s.failed_accounts::UBIGINT, s.machines::UBIGINT, workstations::UBIGINT,
       pf.label, pf.path, first_ref.record, first_ref.place, first_ref.length, pl.label, pl.path, last_ref.record, last_ref.place,
       last_ref.length
FROM totals t JOIN texts x USING (key) LEFT JOIN ends e USING (key) LEFT JOIN broken b USING (key)
     LEFT JOIN sources s ON s.source = x.source JOIN places pf ON pf.rank = first_ref.rank JOIN places pl ON pl.rank = last_ref.rank
ORDER BY machine, who NULLS LAST, lower(domain) NULLS LAST, kind, logon_type NULLS LAST, address NULLS LAST, workstation NULLS LAST,
         lower(actor) NULLS LAST, lower(aim) NULLS LAST, log, first_ref
