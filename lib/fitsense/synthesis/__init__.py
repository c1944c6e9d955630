"""Simulated people, their 90 days, and the questions they ask. May import: contracts, knowledge, safety, planning."""
