"""Names of files in a store, and the defaults that several commands share."""

from pathlib import Path

STORE_VARIABLE = "FACESTORE_STORE"
# Seconds that a command waits for another process to close the DuckDB file.
WAIT_VARIABLE = "FACESTORE_WAIT"
DEFAULT_STORE = Path("facestore-data")
DEFAULT_DEMO_STORE = Path("facestore-demo")

CATALOG_FILE = "facestore.duckdb"
VECTORS_FOLDER = "vectors"
REPORTS_FOLDER = "reports"
HEADS_FOLDER = "heads"
EXPLANATIONS_FOLDER = "explanations"
DEMO_FACES_FOLDER = "faces"
# The data set of the demo: reports say that its faces are drawings.
SYNTHETIC_DATASET = "synthetic-faces"

DEFAULT_PRECISION = "fp32"
DEFAULT_BATCH_SIZE = 64
DEFAULT_WORKERS = 2
