"""The steps of a transaction, one a file, each a generator or a function over the shared state."""
