"""Teacher: who answers the questions a student learns from, and the labelling that survives a kill.

Two teachers behind one protocol: the rules (offline, deterministic) and any OpenAI-compatible endpoint.
May import: contracts, knowledge, safety, planning.
"""
