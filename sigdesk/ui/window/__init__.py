"""The main window: its frame, its menus, and who listens to whom."""
