-- Seconds between which about as many hits lie, ascending. Nothing but speed depends on them.
SELECT unnest(approx_quantile(time // 1000000000, [{extra}])) AS second FROM hits WHERE rules = ? AND time IS NOT NULL ORDER BY second
