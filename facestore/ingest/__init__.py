"""Bringing images in: what a source holds, what of it is pending, and its vectors."""
