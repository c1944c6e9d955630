"""Base models, request formatting, adapters, grammars, generation. May import: contracts."""
