"""Errors of what lies below the product, in words for people.

Belongs here: which error of DuckDB, SQLite, the file system or dbt becomes which sentence, and the report of an error
that nobody foresaw. Does not: the product's errors (`pipelines.errors`), or exit codes (`cli`).
"""
