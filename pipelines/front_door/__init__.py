"""What is in front of the Dagster UI of `ai-costs serve`: who may come in, and what lives and dies with it.

Belongs here: the addresses that lead to the UI, the access token, the wall that every request passes, and the processes
of a server. Does not: what the UI shows, or what is scheduled (`pipelines/defs`).
"""
