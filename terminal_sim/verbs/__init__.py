"""Every verb once: what scripts, pytest, the command line and the page can do at a terminal and look for there."""

from terminal_sim.verbs.table import (
    VERBS,
    BadScript,
    ExpectationFailed,
    Parameter,
    ScreenSnapshot,
    Tester,
    ValueKind,
    Verb,
)

__all__ = [
    "VERBS",
    "BadScript",
    "ExpectationFailed",
    "Parameter",
    "ScreenSnapshot",
    "Tester",
    "ValueKind",
    "Verb",
]
