-- Correlations count in the order of time; what has none takes no part. Items are ordered once, by
-- number, so that sorting hits compares no texts.
WITH place AS (SELECT i.item, row_number() OVER (ORDER BY i.label, i.path, i.item) AS number FROM item_info i
               WHERE i.item IN (SELECT item FROM hits))
SELECT h.rule, h.time, h.item, h.range, h.record, h.sub, h.capture
FROM (SELECT * FROM hits ANTI JOIN uncounted_hits USING (rules, item, range, record, sub)) h JOIN place p ON p.item = h.item
WHERE h.rules = ? AND h.time IS NOT NULL AND h.rule IN ({extra})
ORDER BY h.time, p.number, h.range, h.record, h.sub, h.rule
