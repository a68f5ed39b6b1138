"""Errands: what a person goes to do at a terminal on purpose."""
