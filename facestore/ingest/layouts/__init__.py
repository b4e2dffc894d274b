"""Stage 1: what there is to ingest. Folders, containers and tables become plain values."""
