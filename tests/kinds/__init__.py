"""A kind that exists only in the tests: lighthouses. Its files are all that a new kind needs."""
