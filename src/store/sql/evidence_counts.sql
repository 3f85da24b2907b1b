-- Per evidence: items parsed, failed, skipped; events; records about people. What was decoded out of an
-- event and is of no format of its own was read all the same.
WITH per_item AS (
    SELECT item, max(outcome) AS outcome, sum(events) AS events FROM units GROUP BY item
), people AS (
    SELECT item, count(DISTINCT (tab, record)) AS records FROM mentions GROUP BY item
)
SELECT i.evidence,
       count(*) FILTER (WHERE coalesce(i.parser, '') <> '' AND u.outcome = 0 AND coalesce(i.unreadable, 0) = 0),
       count(*) FILTER (WHERE u.outcome = 1 OR i.unreadable = 1),
       count(*) FILTER (WHERE coalesce(i.parser, '') = '' AND coalesce(i.unreadable, 0) = 0 AND coalesce(u.outcome, 0) = 0
                        AND i.item NOT IN (SELECT child FROM payloads WHERE child IS NOT NULL)),
       coalesce(sum(u.events), 0)::UBIGINT, coalesce(sum(p.records), 0)::UBIGINT
FROM items i LEFT JOIN per_item u ON u.item = i.item LEFT JOIN people p ON p.item = i.item
GROUP BY i.evidence ORDER BY i.evidence
