"""The benchmark program: a large world, served as in production, measured against floors of the same run."""
