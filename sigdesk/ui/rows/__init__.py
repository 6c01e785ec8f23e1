"""How rows of lists and tables are painted: what delegates of every panel share."""
