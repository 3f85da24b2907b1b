-- Joined scripts that were looked through.
SELECT child FROM payloads WHERE kind = 'script' AND child IS NOT NULL ORDER BY child
