"""MATLAB files before 7.3: what their variables declare, their values, and the signals among them."""
