"""The errors of the caller of a bench."""


class BenchMisuse(ValueError):
    """A call that a bench cannot carry out: one sentence with its cure."""
