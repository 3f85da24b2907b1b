-- Everything whose content was hashed, with the machine that it lay on.
SELECT host, label, path, lower(hex(sha256)) FROM item_info WHERE sha256 IS NOT NULL AND volume = 0
ORDER BY label, path, item
