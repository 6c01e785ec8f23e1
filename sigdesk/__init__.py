"""SigDesk: a desk for lab signals. Open files, look at them, have them classified by models in worker processes."""

__version__ = "0.1.0"
