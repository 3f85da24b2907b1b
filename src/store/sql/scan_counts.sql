-- How many items were held against YARA rules wholly, in part, and not to the end.
SELECT count(*) FILTER (WHERE outcome IN (0, 2)), count(*) FILTER (WHERE outcome = 1), count(*) FILTER (WHERE outcome >= 3)
FROM (SELECT item, max(outcome) AS outcome FROM scanned WHERE outcome IS NOT NULL GROUP BY item)
