"""Entries that people keep in CSV files: read strictly, taken whole or rejected, with every reason."""
