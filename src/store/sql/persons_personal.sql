-- Personal values, as found. For lists and explanations alone.
SELECT item, tab, record, slot, split_part(said, chr(31), 1), split_part(said, chr(31), 2), split_part(said, chr(31), 3), split_part(said, chr(31), 4),
       split_part(said, chr(31), 5), split_part(said, chr(31), 6), split_part(said, chr(31), 7), split_part(said, chr(31), 8), split_part(said, chr(31), 9)
FROM personal {extra}
