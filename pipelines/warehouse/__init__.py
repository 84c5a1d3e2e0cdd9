"""The DuckDB files: opening them, loading what landed, and running the dbt project.

Belongs here: `duckdb.connect`, the tables of the schema `landing` and the runs of dbt. Does not: what the models mean
(`dbt_project`), or which build is shown (`builds`).
"""
