"""Stage 5: vectors and labels become heads, and heads become predictions.

Nothing here opens a database: values go in, values come out, and files of heads are read and
written.
"""
