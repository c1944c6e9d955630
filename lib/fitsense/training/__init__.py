"""QLoRA through TRL, and the release registry. May import: contracts, models."""
