SELECT evidence, id, label, source, coalesce(host, ''), coalesce(forced, '') FROM evidence ORDER BY evidence
