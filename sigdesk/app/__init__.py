"""The program behind the window: session, controllers, table models, actions and settings. No widget is known here."""
