-- What was read, as one figure: every range of every item, by which reader in which version, to what end and with
-- how much in it. A sum of hashes, since the order in which things were read says nothing.
SELECT count(*)::UBIGINT, coalesce(sum(md5_number_lower(reading)), 0)::VARCHAR, coalesce(sum(md5_number_upper(reading)), 0)::VARCHAR
FROM (SELECT concat_ws(chr(10), e.label, i.path, u.range, u.settings >> 40, u.outcome, u.events, u.mentions, u.lines) AS reading
      FROM units u JOIN items i ON i.item = u.item JOIN evidence e ON e.evidence = i.evidence WHERE u.range < 4294967294)
