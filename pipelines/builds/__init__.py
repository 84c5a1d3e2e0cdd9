"""Builds: from the tested working file to the folder of outputs that people see.

Belongs here: what makes a build fit to be published (tested.py), the list of its outputs with their hashes
(manifest.py), and the one rename that shows all of them at once (store.py). Does not: what an output holds (exports/,
dashboards/), and when a build is made (defs/).
"""
