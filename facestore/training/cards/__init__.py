"""Model cards: what a file of heads is, and what it is good for."""
