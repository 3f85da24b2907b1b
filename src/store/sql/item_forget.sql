-- What was listed without having been read is looked at anew.
DELETE FROM items WHERE item = ?
