"""Teachers that answer requests, and labelling with cache and resume. May import: contracts, knowledge, safety, planning."""
