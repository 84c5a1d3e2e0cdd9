"""Logs that coding agents leave on a machine. Only counts and names are read from them, never a prompt."""
