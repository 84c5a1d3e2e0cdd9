"""What every provider's interface shares: requests and their limits, answers and their fields, days and their coverage.

Belongs here: what applies to any provider. Does not: an endpoint or a field of one provider (the folder above).
"""
