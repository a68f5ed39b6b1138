"""Dialogues as the terminal is asked for them, and their course to the answer."""
