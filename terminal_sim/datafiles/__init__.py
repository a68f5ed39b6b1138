"""Data files: where they are, strict reading into dataclasses, and errors that name line, key and cure."""
