"""Heads, and the last blocks below them, that are trained by gradients."""
