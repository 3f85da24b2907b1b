-- Items that were opened by a password of the evidence.
SELECT DISTINCT item FROM openings
