"""The firmware core. Pure: no clock, no randomness, no files, no sockets, no threads."""
