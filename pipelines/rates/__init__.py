"""Exchange rates: dated, from a file of yours and from the European Central Bank, the last good copy of each kept.

Belongs here: reading rates, refusing what is none, and what one unit of each currency is worth in another. Does
not: converting amounts, which the dbt models do.
"""

from pipelines.rates.rate import OLDEST, Rate
from pipelines.rates.stored import StoredRates, rates_of

__all__ = ["OLDEST", "Rate", "StoredRates", "rates_of"]
