-- Where the bytes of a mention's record are.
SELECT item, tab, record, slot, coalesce("offset", 0), coalesce(length, 0), coalesce(reason, 0), coalesce(told_by, 0) FROM mentions {extra}
