"""Contracts: Pydantic models of what goes into and comes out of the student, and the one relational schema.

Knows nothing of fitness rules, models or files. May import: nothing of ours.
"""
