"""Small widgets and painters that every part of the window shares. Each takes the look as its first argument."""
