-- Everything that lies in the evidence, with the machine, the content's hash where there is one, and the size.
SELECT host, label, path, lower(hex(sha256)), coalesce(size, 0) FROM item_info WHERE volume = 0
ORDER BY label, path, item
