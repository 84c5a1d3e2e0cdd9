"""Entries that people keep in CSV files: read strictly, taken whole or refused whole, with every reason."""
