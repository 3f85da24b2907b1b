SELECT DISTINCT host FROM item_info WHERE parser = 'filesystem'
