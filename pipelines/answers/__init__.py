"""Answers to what people ask of the published figures, as rows: the same for a terminal and for machines.

Belongs here: finding the published file, spans of days, and the queries. Does not: how an answer is shown (`cli`), or a
library that takes long to import: an answer has to be there at once.
"""
