"""The test bench: the only API of the simulator."""

from terminal_sim import collector

with collector.at_rest():
    from terminal_sim.bench.bench import Bench
    from terminal_sim.bench.receipts import PrintedReceipt, ReceiptFiles, ReceiptTaker
    from terminal_sim.bench.saved_state import SavedState
    from terminal_sim.bench.snapshot import Snapshot
    from terminal_sim.bench.terminal import TerminalUnderTest
    from terminal_sim.bench.wall_clock import DEFAULT_CLOCK
    from terminal_sim.core.config import Profile
    from terminal_sim.core.events import Paper, Trigger
    from terminal_sim.core.flow import STAY, AnyFlow
    from terminal_sim.core.moment import Duration
    from terminal_sim.core.screen import Tone
    from terminal_sim.datafiles.sources import ProfileError
    from terminal_sim.display.view import Item, Role, Selector, SelectorError, View
    from terminal_sim.errors import BenchMisuse
    from terminal_sim.flows import load as flows
    from terminal_sim.flows import of as flows_of
    from terminal_sim.journal.errors import JournalError
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
