"""Forecasts and anomalies: DataFrames in, DataFrames out, the same answer for the same input.

Belongs here: what the past of a series says about its next days, and which days it does not explain. Does not:
reading or writing a database, or saying it to people.
"""

import logging

# Prophet and its compiler interface log every fit; a handler of their own, set before they are first imported,
# is the one thing that keeps them quiet.
for _name in ("prophet", "prophet.plot", "cmdstanpy"):
    _logger = logging.getLogger(_name)
    _logger.addHandler(logging.NullHandler())
    _logger.propagate = False
    _logger.setLevel(logging.CRITICAL)
