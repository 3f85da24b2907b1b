-- Hits that may stand in several copies of a log: none where all are in one item.
SELECT CASE WHEN min(item) < max(item) THEN count(*) ELSE 0 END FROM hits WHERE rules = ? AND time IS NOT NULL
