"""The second opinion: what landed is valued and summed again in Python, and compared with what is published.

Belongs here: independent sums of landed data and of exports. Does not: the figures themselves (`dbt_project`).
"""
