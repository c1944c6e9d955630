"""Synthesis: simulated people, their training, sleep, calories and weight, and the questions they ask.

May import contracts, knowledge, safety and planning. Knows nothing of teachers or models.
"""
