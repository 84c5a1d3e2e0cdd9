"""The product's composition root: what reads, stores, prices, models, forecasts and publishes AI cost.

Every room has its charter in its module docstring; the map of the rooms is in docs/data-flow.md, the
laws that hold between them in tests/architecture.
"""
