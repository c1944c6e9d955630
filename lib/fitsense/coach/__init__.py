"""An adapter behind a guard, and the store of plans, logs and interactions.

May import: contracts, knowledge, safety, planning, models.
"""
