"""The Signals panel: the list of all open signals with thumbnails and states."""
