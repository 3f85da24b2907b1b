SELECT any_value(rules) FROM rules HAVING count(*) > 0
