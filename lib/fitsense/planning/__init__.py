"""The deterministic engine: prescribe, change, adapt, feed. May import: contracts, knowledge, safety."""
