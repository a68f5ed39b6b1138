"""The test bench: the only API of the simulator."""

from terminal_sim.bench.bench import (
    DEFAULT_CLOCK,
    Bench,
    BenchMisuse,
    Duration,
    Item,
    JournalError,
    Paper,
    Profile,
    ProfileError,
    Role,
    SavedState,
    Selector,
    SelectorError,
    TerminalUnderTest,
    Trace,
    View,
)
from terminal_sim.core.flow import AnyFlow
from terminal_sim.runtime.trace import TraceEntry

__all__ = [
    "DEFAULT_CLOCK",
    "AnyFlow",
    "Bench",
    "BenchMisuse",
    "Duration",
    "Item",
    "JournalError",
    "Paper",
    "Profile",
    "ProfileError",
    "Role",
    "SavedState",
    "Selector",
    "SelectorError",
    "TerminalUnderTest",
    "Trace",
    "TraceEntry",
    "View",
]
