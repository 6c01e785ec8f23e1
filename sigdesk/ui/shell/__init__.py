"""The window's own parts: header, status bar, welcome page, later pages, and what stands over them for a while."""
