"""Classifiers that others published, as files of heads."""
