"""Exploring: rows of a store served to one's own browser, for looking by hand."""

# How vectors come into the plane is what exporting offers, in `facestore.exporting.PROJECTIONS`.
