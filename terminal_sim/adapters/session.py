"""The terminal of a test in another framework: what it is made of, and the bench and the tester that it stands on."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import ExitStack
from dataclasses import dataclass, replace
from pathlib import Path

from terminal_sim.bench import DEFAULT_CLOCK, Bench, Profile, SavedState, TerminalUnderTest, Trace
from terminal_sim.profile import is_path
from terminal_sim.script.vocabulary import vocabulary
from terminal_sim.verbs import BadScript, Tester
from terminal_sim.verbs.mask import Mask
from terminal_sim.verbs.pictures import Pictures
from terminal_sim.verbs.signature import ValueKind

# What may be a secret: frameworks that write down what a test says leave values of these kinds out.
SECRET_KINDS = (ValueKind.ASSIGNED, ValueKind.KEYS, ValueKind.TEXT, ValueKind.VALUE)


@dataclass(frozen=True, slots=True, kw_only=True)
class TerminalSetup:
    """What a terminal is made of. `folder` is that of the suite, from which files are named."""

    profile: str
    locale: str = ""
    reader: str | tuple[str, ...] = "virtual"
    seed: int = 0
    pack: str | None = None
    cards: Path | None = None
    clock: str = DEFAULT_CLOCK
    options: Mapping[str, str] | None = None
    folder: Path = Path()

    @property
    def decks(self) -> tuple[Path, ...]:
        """The folders of further cards."""
        return (self.folder / self.cards,) if self.cards is not None else ()

    def model(self) -> Profile:
        """The profile with its options. Raises `ProfileError` with the cure."""
        file = self.folder / self.profile if is_path(self.profile) else self.profile
        return vocabulary().load(file, self.options)

    def having(self, *, profile: str, locale: str, options: Mapping[str, str]) -> TerminalSetup:
        """The same with another profile and language, where they are said, and with these options before its own."""
        return replace(
            self,
            profile=profile or self.profile,
            locale=locale or self.locale,
            options={**(self.options or {}), **options},
        )


class TerminalSession:
    """One terminal on a bench of its own, on and at its home screen, or where `saved` goes on; `trace` takes all that happens.

    Raises what the bench raises where it cannot be set up. `close` ends it and gives its readers back.
    """

    def __init__(
        self,
        setup: TerminalSetup,
        *,
        pictures: Pictures | None = None,
        saved: SavedState | None = None,
        trace: Trace | None = None,
    ) -> None:
        self._open = ExitStack()
        self.setup = setup
        self.profile = setup.model()
        self.bench = self._open.enter_context(
            Bench(seed=setup.seed, pack=setup.pack, clock=setup.clock, decks=setup.decks, trace=trace)
        )
        try:
            self.terminal: TerminalUnderTest = self.bench.add_terminal(
                self.profile, locale=setup.locale or None, reader=setup.reader, state_from=saved
            )
        except BaseException:
            self._open.close()
            raise
        self.mask = Mask()
        self.tester = Tester(
            self.bench,
            self.terminal,
            pictures=pictures,
            receipts_before=len(self.terminal.receipts),
            folder=setup.folder,
            mask=self.mask,
        )

    def screen(self, display: str) -> str:
        """The settled screen as text. Raises `BadScript` where the terminal has no such display."""
        try:
            return self.terminal.view(display).text
        except LookupError as wrong:
            raise BadScript(str(wrong)) from None

    def receipt(self, copy: str) -> str:
        """The newest receipt, or the newest of that copy; "" where there is none."""
        printed = self.terminal.receipts
        return next((one.text for one in reversed(printed) if not copy or one.copy == copy), "")

    def close(self) -> None:
        self._open.close()
