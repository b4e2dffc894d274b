"""Prompts against images: similarities, and classifiers that are made of them."""
