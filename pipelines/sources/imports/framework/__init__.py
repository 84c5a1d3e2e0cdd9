"""What every export file shares: recognition, rows and values, mappings of columns, and the inbox.

Belongs here: what applies to any file. Does not: a column of one provider's export (the folder above).
"""
