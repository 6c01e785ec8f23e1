"""Labels of other programs: read from what they write, and written as they read them."""
