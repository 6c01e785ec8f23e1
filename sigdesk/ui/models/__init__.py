"""The Models page: what is installed, how good it is, whether it may run, and how it is trained."""
