"""Packages that only some readers need: the error that says how to get one."""

from terminal_drivers.base import Misuse


def missing(package: str, extra: str) -> Misuse:
    """The error for an import that failed."""
    return Misuse(f"this needs {package}, which is not installed: pip install 'terminal-sim[{extra}]'")
