-- Where the bytes of a mention's record are.
SELECT item, tab, record, slot, coalesce("offset", 0), coalesce(length, 0) FROM mentions {extra}
