"""Labels: a class over a stretch of time, made by an operator or by a model."""
