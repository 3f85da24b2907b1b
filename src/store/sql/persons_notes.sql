-- Files whose names are those of notes that extortionists leave.
SELECT coalesce(host, ''), path FROM item_info
WHERE coalesce(volume, 0) = 0
  AND regexp_matches(lower(path), '(^|/)[^/]*(decrypt|recover|ransom|unlock|restore.?(my.?|your.?)?files|how.?to.?(back|get|restore)|your.?files|復号)[^/]*[.](txt|html?|hta|rtf|bmp|png)$')
ORDER BY 1, 2
