"""Importing what others computed: one module for each kind of file; all rows of one or none."""
