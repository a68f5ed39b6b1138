"""The calls of the service: how each is read, what it does and what it answers."""
