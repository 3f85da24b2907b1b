SELECT item, range, settings FROM units
