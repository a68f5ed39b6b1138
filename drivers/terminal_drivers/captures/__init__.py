"""Captures: the bytes that cross a line are written to a pcapng file, read from it and replayed."""
