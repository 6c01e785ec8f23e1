"""Model folders: reading and checking them, and the script that runs a trained model. Import the modules directly;
this file stays empty because the worker's start-up pays for whatever it imports."""
