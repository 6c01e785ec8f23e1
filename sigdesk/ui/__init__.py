"""The window: widgets that show state and emit intentions. They decide nothing."""
