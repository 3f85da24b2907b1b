-- Everything that lies in the evidence, with the machine, the content's hash where there is one, the size, and its key.
SELECT host, label, path, lower(hex(sha256)), coalesce(size, 0), item FROM item_info WHERE volume = 0
ORDER BY label, path, item
