"""What a run of scripts is given, beside the scripts."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from terminal_sim.bench import ReceiptTaker, Subscriber
from terminal_sim.script.keeping import BenchObserver, RunKeeper


@dataclass(frozen=True, slots=True, kw_only=True)
class Options:
    """What every scenario of a run has in common.

    `reader` is an address or several. `pack` names another amount pack than the acquirer's file does. `host` is the address of a host on a network that takes the place of the virtual acquirer, and `first_terminal` the number of the first terminal. `state` is a folder that keeps the journal.
    `update_pictures` stores the pictures of `screenshot` instead of comparing them (a user asks for it by `update_option`); `pictures` is a folder for
    the stored ones, where they do not stand beside their scripts, and `root` what the way of a script within it begins at; `out` is a folder for the
    pictures of failures, if any. `subscribers` take the trace of every bench. `record` is a folder, which is there, for a recording of each case; `reader` is
    `recording:FOLDER` to replay them. A scenario that does not hold is run `retry` times more, until it does. `keep_steps` records what each step of
    a scenario did; `keep_lines` records the lines of the steps and their verdicts alone. `receipts` is a folder that keeps all receipts as files, and `printer` takes them, too. `keeper` keeps whole runs in files. `observer` makes what observes the bench of one run.
    """

    seed: int = 0
    pack: str | None = None
    host: str = ""
    first_terminal: int = 1
    reader: str | tuple[str, ...] = "virtual"
    record: Path | None = None
    state: Path | None = None
    subscribers: tuple[Subscriber, ...] = ()
    update_pictures: bool = False
    update_option: str = "--update-pictures"
    receipts: Path | None = None
    printer: ReceiptTaker | None = None
    pictures: Path | None = None
    root: Path = Path()
    out: Path | None = None
    retry: int = 0
    keep_steps: bool = False
    keep_lines: bool = False
    keeper: RunKeeper | None = None
    observer: Callable[[], BenchObserver] | None = None

    @property
    def addresses(self) -> tuple[str, ...]:
        return (self.reader,) if isinstance(self.reader, str) else self.reader
