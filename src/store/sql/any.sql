{extra}
