"""Linear heads on stored vectors."""
