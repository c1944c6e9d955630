"""Filter, join, split by user, dataset card, manifest. May import: contracts, models."""
