"""The plot area of the Workspace: overview, stacked channels, label lanes and readout on one time axis."""
