-- Places for persons that are nobody, or nobody living, by what told: which column of which table, how many.
SELECT item, tab, standing, reason, coalesce(told_by, 0), count(*)
FROM mentions WHERE reason IS NOT NULL
GROUP BY item, tab, standing, reason, coalesce(told_by, 0)
