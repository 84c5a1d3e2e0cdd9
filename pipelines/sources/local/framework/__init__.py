"""What every coding agent's log shares: finding files, reading records, merging replies, and findings.

Belongs here: what applies to any agent. Does not: a field or a folder of one agent (the folder above).
"""
