"""MATLAB files before 7.3: what their variables declare, checked before scipy is let at them, and their signals."""
