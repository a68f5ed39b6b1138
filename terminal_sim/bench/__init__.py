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
    Snapshot,
    TerminalUnderTest,
    View,
)
from terminal_sim.bench.receipts import PrintedReceipt, ReceiptFiles, ReceiptTaker
from terminal_sim.core.events import Trigger
from terminal_sim.core.flow import STAY, AnyFlow
from terminal_sim.core.screen import Tone
from terminal_sim.flows import load as flows
from terminal_sim.flows import of as flows_of
from terminal_sim.runtime import contents
from terminal_sim.runtime.trace import JsonLines, Subscriber, Trace, TraceEntry, TracePoint, is_trace

__all__ = [
    "DEFAULT_CLOCK",
    "STAY",
    "AnyFlow",
    "Bench",
    "BenchMisuse",
    "Duration",
    "Item",
    "JournalError",
    "JsonLines",
    "Paper",
    "PrintedReceipt",
    "Profile",
    "ProfileError",
    "ReceiptFiles",
    "ReceiptTaker",
    "Role",
    "SavedState",
    "Selector",
    "SelectorError",
    "Snapshot",
    "Subscriber",
    "TerminalUnderTest",
    "Tone",
    "Trace",
    "TraceEntry",
    "TracePoint",
    "Trigger",
    "View",
    "contents",
    "flows",
    "flows_of",
    "is_trace",
]
