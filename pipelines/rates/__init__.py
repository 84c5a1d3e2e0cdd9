"""Exchange rates: dated, from your file and from the European Central Bank, with the last good copy of each.

Belongs here: reading rates, refusing what is none, and what one unit of each currency is worth in another. Does
not: converting amounts, which the dbt models do.
"""

from pipelines.rates.rate import OLDEST, Rate
from pipelines.rates.stored import StoredRates, rates_of

__all__ = ["OLDEST", "Rate", "StoredRates", "rates_of"]
