"""The errors of the caller of a bench, and of the disk below it."""


class BenchMisuse(ValueError):
    """A call that a bench cannot carry out: one sentence with its cure."""


class Unsafe(BenchMisuse):
    """A call that would put card data at risk: it is refused until it is allowed on purpose."""


class StorageFailed(Exception):
    """A file of a state folder cannot be written: the terminal that needs it stops, and the text is the reason."""
