"""The bottom tabs: Jobs, Log, Results, Problems."""
