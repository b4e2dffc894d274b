"""Exporting: labels, predictions, vectors and figures as files that other tools read."""

# Name of a format -> the file that is written. Each is a module of that name here, with a function
# `write`; it is imported when it is asked for, so that the command line can list them at no cost.
FORMATS = {
    "atlas": "Parquet",
    "clip-benchmark": ".csv, or a folder of JSON",
    "fairlearn": "CSV",
    "fiftyone": "JSON",
}
# How the vectors of `atlas` come into the plane.
PROJECTIONS = ("pca", "umap")
