"""SigDesk without a window: the same engine on the command line, and a JSON that other programs can rely on."""
