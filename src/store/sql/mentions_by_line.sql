-- Records of people in lines that nobody had counted from the beginning of the file: now somebody has.
UPDATE mentions SET record = line_in_range(record) + b.base FROM unit_base b
WHERE mentions.record >= 4611686018427387904 AND b.item = mentions.item AND b.range = range_of_line(mentions.record)
