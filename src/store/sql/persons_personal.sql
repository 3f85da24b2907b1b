-- Personal values, as found. For lists and explanations alone.
SELECT item, tab, record, slot, coalesce(name, ''), coalesce(kana, ''), coalesce(birth_date, ''), coalesce(postal_code, ''),
       coalesce(address, ''), coalesce(phone, ''), coalesce(email, ''), coalesce(company, ''), coalesce(person_no, '')
FROM personal {extra}
