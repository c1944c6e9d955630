"""Exercises, foods and rules as YAML with typed loaders. May import: contracts."""
