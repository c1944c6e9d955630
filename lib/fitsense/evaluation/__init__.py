"""Evaluation: held-out predictions, metrics with confidence intervals, comparison tables and figures.

Knows nothing of how the student was trained or served. May import contracts, knowledge, safety, models.
"""
