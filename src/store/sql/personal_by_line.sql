-- What stands in these records, the same.
UPDATE personal SET record = line_in_range(record) + b.base FROM unit_base b
WHERE personal.record >= 4611686018427387904 AND b.item = personal.item AND b.range = range_of_line(personal.record)
