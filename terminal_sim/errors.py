"""What is the fault of whoever uses a bench."""


class BenchMisuse(ValueError):
    """The caller's fault, in one sentence with its cure."""
