"""Models that turn images and texts into vectors, and how they are named."""
