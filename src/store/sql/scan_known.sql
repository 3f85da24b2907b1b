-- What an earlier run did: item, whether its own bytes were held against the rules, whether its content was.
SELECT item, max(CASE WHEN outcome IS NULL THEN 0 ELSE 1 END), max(walked) FROM scanned WHERE rules = ? GROUP BY item ORDER BY item
