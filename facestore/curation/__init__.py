"""Looking after the data: duplicates are left out, data sets are split without leakage."""
