-- Programs that copy out, pack, or dump, as they were run or configured: kind, strength by themselves left to the caller.
SELECT kind, host, label, path, record, "offset", length, time, account, command FROM (
    SELECT CASE
             WHEN "event.dataset" = 'rclone.config' THEN 'upload_tool'
             WHEN regexp_matches(line, '(rclone|megasync|megacmd|mega-put|winscp|filezilla|pscp|psftp|restic|azcopy|gsutil|s3cmd|aws(\.exe)? s3 |curl(\.exe)? .*(-t |--upload-file|-f ))') THEN 'upload_tool'
             WHEN regexp_matches(line, '(mysqldump|pg_dump|expdp|ntdsutil|sqlcmd .*backup|bcp(\.exe)? .* out )') THEN 'database_dump'
             WHEN regexp_matches(line, '(\b7z[ar]?(\.exe)? +a |\brar(\.exe)? +a |winrar|compress-archive|\bzip +-|\btar +-?[a-z]*c[a-z]*f?)') THEN 'staging_archive'
           END AS kind, host, label, path, record, "offset", length, time, "user.name" AS account,
           coalesce("process.command_line", "process.executable", "message") AS command
    FROM (SELECT *, lower(concat_ws(' ', "process.command_line", "process.executable", "process.name")) AS line FROM timeline
          WHERE "event.category" = 'process' OR "event.dataset" IN ('linux.history', 'rclone.config')
             OR ("event.dataset" = 'windows.security' AND "event.code" = '4688')
             OR ("event.action" = 'sudo' AND outcome = 1 AND "process.command_line" IS NOT NULL))
) WHERE kind IS NOT NULL
ORDER BY time NULLS LAST, label, path, record
