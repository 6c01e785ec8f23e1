"""The look: colours, fonts and icons as tokens, and the one object that hands them to widgets."""
