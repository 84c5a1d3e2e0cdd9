"""What a command or an asset asks for: one use of the product a module, joining the rooms below.

Belongs here: the home that is worked in, and what refreshes, values, examines, verifies or alerts on it. Does not: what
only one room knows, words of the command line (`cli`), or anything of Dagster (`defs`).
"""
