"""Measured speed and memory of whole runs, repeated, alongside the limit or the peer. Nothing here is asserted.

Belongs here: one file per question, run by `make bench` or alone. Results are in README.md alongside this, with the
machine they were measured on. Does not: anything the tests or the application need.
"""
