"""Names of files in a store, and the defaults that several commands share."""

from pathlib import Path

STORE_VARIABLE = "FACESTORE_STORE"
# Seconds that a command waits for another process to close the DuckDB file.
WAIT_VARIABLE = "FACESTORE_WAIT"
# How much memory DuckDB and blocks of vectors may take together.
MEMORY_VARIABLE = "FACESTORE_MEMORY"
DEFAULT_STORE = Path("facestore-data")
DEFAULT_DEMO_STORE = Path("facestore-demo")

CATALOG_FILE = "facestore.duckdb"
VECTORS_FOLDER = "vectors"
REPORTS_FOLDER = "reports"
HEADS_FOLDER = "heads"
EXPLANATIONS_FOLDER = "explanations"
# What is being taken out; it is there while that runs, and after a kill.
REMOVING_FILE = ".removing.json"
DEMO_FACES_FOLDER = "faces"
# The data set of the demo: reports say that its faces are drawings.
SYNTHETIC_DATASET = "synthetic-faces"

# Years that an age may have, for every reader: nobody was known to be older than 122.
AGES = (0.0, 122.0)

DEFAULT_PRECISION = "fp32"
DEFAULT_BATCH_SIZE = 64
DEFAULT_WORKERS = 2

# GB of address space below which libraries crash instead of raising an error, and some more:
# DuckDB and Polars; PyTorch with LanceDB; V8, which draws charts and reserves 64 GB.
TABLES_ADDRESS_SPACE = 2.5
MODELS_ADDRESS_SPACE = 8.0
CHARTS_ADDRESS_SPACE = 72.0
