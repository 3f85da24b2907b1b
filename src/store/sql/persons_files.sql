-- Everything that lies in the evidence, with its place and the content's hash where there is one.
SELECT item, label, path, lower(hex(sha256)) FROM item_info WHERE coalesce(volume, 0) = 0 ORDER BY label, path, item
