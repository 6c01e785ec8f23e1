"""Training: from labelled signals to a model folder. It runs in a process of its own, as it stands on scikit-learn."""
