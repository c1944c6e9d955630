"""Schema checks, statistics, anomalies, bias slices, drift. May import: contracts, safety."""
