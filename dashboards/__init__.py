"""The report: one self-contained HTML file drawn from the published marts.

Belongs here: what a reader of costs sees in a browser. It is handed an open read-only DuckDB connection and reads
nothing but contracted marts. Does not belong here: working anything out that a mart could hold, alerts, exports.
"""
