"""New music: drawing from a model, and hearing what was drawn."""
