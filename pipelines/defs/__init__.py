"""Dagster objects only: assets are thin shells over the rooms alongside this one, one file per layer.

Belongs here: keys, groups, metadata, checks, jobs, schedules, sensors. Does not: reading, pricing, modelling or
sending, which the rooms do and can be tested without Dagster.
"""
