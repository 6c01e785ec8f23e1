"""What is asked while files are opened: how a table is read, which data sets of a file are signals."""
