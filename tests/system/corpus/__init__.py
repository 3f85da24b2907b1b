"""Two hundred files of invented people and two hundred of nobody, with what is in each."""
