"""The spectrum panel below the channels: power over frequency of what is selected or visible."""
