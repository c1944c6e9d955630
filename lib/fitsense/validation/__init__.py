"""Validation: checks, statistics, anomalies and bias slices over the simulated tables and the distillation records.

Finds faults and names them; mends nothing. May import: contracts, safety.
"""
