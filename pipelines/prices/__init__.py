"""Dated unit prices: what one token of a kind costs at list price, from genai-prices and the user's overrides.

Belongs here: answering "which price, from when to when". Does not: multiplying prices with usage, which is
SQL in the dbt project.
"""
