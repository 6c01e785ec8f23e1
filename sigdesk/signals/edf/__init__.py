"""EDF, EDF+ and BDF: the header, the annotations between the samples, and reading a stretch of some channels."""
