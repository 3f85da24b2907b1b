-- Countries that a perimeter device itself names for outside addresses.
SELECT "source.ip", regexp_extract(more, '\["srccountry","([^"]+)"\]', 1) AS country
FROM timeline
WHERE "event.dataset" = 'fortinet.traffic' AND contains(more, '"srccountry"') AND NOT contains(more, '["srccountry","Reserved"]')
GROUP BY ALL
HAVING country <> ''
ORDER BY 1, 2
