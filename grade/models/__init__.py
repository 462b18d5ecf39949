"""Protocols as Promela models, each checked by spin: see `run`."""
