"""The sources: one folder per source kind, one file per source, each landing normalised records.

Belongs here: reading one place and saying what could not be read. Does not: prices, models, or Dagster.
"""
