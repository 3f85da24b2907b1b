-- Items named in a leak listing by name and size (as far as it is told: 1.2M), where the listing has no hash; names of no
-- information left out. Each once, with the first line that names it; last, whether it is the first of its name and size.
WITH lines AS (
    SELECT file_name("file.path") AS name, "file.size" AS size, label, path, record, "offset", length,
           coalesce(try_cast(regexp_extract(more, '\["size.tolerance","(\d+)"\]', 1) AS UBIGINT), 0) AS about
    FROM timeline WHERE "event.dataset" = 'leak.listing' AND "file.hash.sha256" IS NULL AND "file.size" >= 512
), pairs AS (
    SELECT * FROM lines WHERE name NOT IN ('desktop.ini', 'thumbs.db', 'readme.txt', 'index.html') AND NOT starts_with(name, '~$')
    QUALIFY row_number() OVER (PARTITION BY name, size, about ORDER BY label, path, record, "offset") = 1
), inventory AS (
    SELECT item, label AS item_label, path AS item_path, size AS item_size, file_name(path) AS item_name
    FROM item_info WHERE parser IS DISTINCT FROM 'leak_listing' AND size IS NOT NULL
), fits AS (
    SELECT * FROM pairs JOIN inventory ON item_name = name AND item_size = size WHERE about = 0
    UNION ALL
    SELECT * FROM pairs JOIN inventory ON item_name = name AND item_size + about >= size AND item_size <= size + about WHERE about > 0
), first_fits AS (
    SELECT * FROM fits QUALIFY row_number() OVER (PARTITION BY item ORDER BY label, path, record, "offset") = 1
)
SELECT item, item_label, item_path, item_size, label, path, record, "offset", length,
       row_number() OVER (PARTITION BY name, size, about ORDER BY item) = 1
FROM first_fits ORDER BY item_label, item_path, item
