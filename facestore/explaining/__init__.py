"""Stage 6: where in an image a score comes from.

Nothing here opens a database: models, pixels and targets go in, maps come out.
"""
