"""Training: labels become heads, on vectors or on images, and heads become predictions.

`plan.py` carries out every training; probes/, gradients/ and published/ are where heads come from.
"""
