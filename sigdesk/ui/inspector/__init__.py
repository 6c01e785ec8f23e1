"""The Inspector: which model runs on what, with which parameters, and what it answered."""
