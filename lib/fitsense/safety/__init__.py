"""Screening, triage of free text, and the plan verifier. May import: contracts, knowledge."""
