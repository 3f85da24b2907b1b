SELECT state FROM tries
