SELECT evidence, id, label, source, kind, coalesce(nullif(host, ''), found_host, ''), coalesce(bytes, 0), coalesce(sha256, ''),
       coalesce(expected, ''), taken_in
FROM evidence ORDER BY label
