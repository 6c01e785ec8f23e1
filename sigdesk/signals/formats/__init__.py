"""One module a file format; `sigdesk.signals.opening` finds every module here that has a constant `FORMAT`."""
