"""Distillation: filter the teacher's answers, join them to their questions, split by user, and publish a dataset.

May import: contracts, models.
"""
