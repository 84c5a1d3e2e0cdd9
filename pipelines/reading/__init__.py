"""Reading what people and other programs put where this program looks, within bounds of kind, size, time and words.

Belongs here: opening a path, its name, the length of a row. Does not: what a file means (`sources`, `config`, `rates`).
"""
