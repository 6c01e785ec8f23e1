"""HDF5: the tree of a file's data sets, what stands beside each, and reading a stretch of one."""
