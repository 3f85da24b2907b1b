SELECT DISTINCT id, title FROM rules ORDER BY id, title
