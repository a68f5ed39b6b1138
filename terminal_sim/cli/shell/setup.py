"""The bench of a shell, as its command line describes it: made once, and again where a line is taken back."""

from __future__ import annotations

import os
from argparse import Namespace
from collections.abc import Sequence
from pathlib import Path

from terminal_sim.bench import Bench, ReceiptTaker, SavedState, TerminalUnderTest, Trace
from terminal_sim.cli import UserError
from terminal_sim.cli.console import options_of
from terminal_sim.profile import is_path
from terminal_sim.readers.opening import RECORDING, VIRTUAL, check_address, is_for_many
from terminal_sim.script.recorder import ScriptHead


class ShellSetup:
    """`given` is the command line; `trace` takes everything that happens on any bench that is made of it, and `receipts` what is printed there."""

    def __init__(self, given: Namespace, trace: Trace, receipts: Sequence[ReceiptTaker] = ()) -> None:
        self._receipts = receipts
        self._given = given
        self._trace = trace
        self._options = options_of(given.options)
        self._speaks = ""
        self._readers: Sequence[str] = given.reader or [VIRTUAL]
        self.decks: tuple[Path, ...] = tuple(given.cards)
        check_address(self._readers, recorded=given.record is not None)
        for deck in self.decks:
            if not deck.is_dir():
                raise UserError(f"--cards {deck}: there is no such folder")
        if given.record is not None and given.record.exists():
            raise UserError(
                f"--record {given.record} is there already: name another file, or take it away first"
            )

    @property
    def forever(self) -> str:
        """Why nothing is taken back on this bench; "" where it is."""
        if self._given.state is not None:
            return f"the journal in {self._given.state} is durable, and a row of it stays; leave out --state"
        if self._given.record is not None:
            return "the readers are recorded, and a recording does not go back; leave out --record"
        if any(address.startswith(RECORDING) for address in self._readers):
            return "a recording is replayed from its beginning to its end; begin anew"
        if not is_for_many(self._readers):
            return "what happens before a real reader is done by a person; a virtual reader goes back"
        return ""

    def begin(self) -> tuple[Bench, TerminalUnderTest]:
        """The bench with its terminal, switched on. Raises `BenchMisuse`, `ProfileError` and `JournalError`."""
        given = self._given
        bench = Bench(
            seed=given.seed,
            pack=given.pack,
            state=given.state,
            decks=self.decks,
            trace=self._trace,
            receipts=self._receipts,
        )
        try:
            terminal = bench.add_terminal(
                given.profile,
                options=self._options,
                locale=given.locale or None,
                reader=self._readers,
                record=given.record,
            )
        except BaseException:
            bench.close()
            raise
        self._speaks = terminal.locale
        return bench, terminal

    def again(self, state: SavedState) -> tuple[Bench, TerminalUnderTest]:
        """Another bench, which goes on from `state`."""
        given = self._given
        bench = Bench(
            seed=given.seed, pack=given.pack, decks=self.decks, trace=self._trace, receipts=self._receipts
        )
        terminal = bench.add_terminal(
            given.profile,
            options=self._options,
            locale=given.locale or None,
            reader=self._readers,
            power=False,
            state_from=state,
        )
        return bench, terminal

    def head(self, folder: Path) -> ScriptHead:
        """What a script in `folder` says of this bench before its steps. Raises `UserError` where one line cannot say it."""
        given = self._given
        if len(self.decks) > 1:
            raise UserError("a script has one folder of cards: record with one --cards")
        model = given.profile
        return ScriptHead(
            profile=_seen_from(folder, Path(model)) if is_path(model) else model,
            locale=given.locale or self._speaks,
            cards=_seen_from(folder, self.decks[0]) if self.decks else "",
            options=self._options,
            pack=given.pack or "",
            seed=given.seed,
        )


def _seen_from(folder: Path, path: Path) -> str:
    """The way from the folder to the path, or the path's own where no way leads there: from one drive to another."""
    try:
        return Path(os.path.relpath(path.resolve(), folder.resolve())).as_posix()
    except ValueError:
        return path.resolve().as_posix()
