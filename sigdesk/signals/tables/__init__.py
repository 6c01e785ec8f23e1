"""Tables of text: how one is laid out, what its columns are called, and how its values are read block by block."""
