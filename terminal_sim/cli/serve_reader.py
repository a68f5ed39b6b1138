"""`terminal-sim readers serve`: a virtual reader for other people's software, with hands that obey typed lines.

| line | what the hands do |
|---|---|
| `insert NAME [SLOT]` | put that card in |
| `remove [SLOT]` | take it out; what was held to the field is in slot 1 |
| `tap NAME`, `swipe NAME` | hold that card into the field, draw it through the head, where the reader has them |
| `tear STEP or N [SLOT]` | pull it out after that step (`gpo`, `genac1`, ...) or that many commands |
| `press DIGITS or ENTER, CLEAR, CANCEL ...` | press keys of the PIN pad, while it asks for a PIN |
| `quit` | stop serving |

The end of the input changes nothing: the reader is served until `quit` or an interrupt.
"""

from __future__ import annotations

import signal
import sys
from argparse import Namespace
from collections.abc import Iterable, Sequence
from time import sleep
from types import FrameType

from terminal_sim.bench import Bench, BenchMisuse, JournalError, ProfileError
from terminal_sim.bench.presentment import chip_of, face_of, stripe_of
from terminal_sim.cli import UserError
from terminal_sim.cli.console import as_user_errors
from terminal_sim.readers.diagnostics import FIELD, Key, Prompt, Served, serve
from terminal_sim.readers.opening import DriverError
from terminal_sim.readers.pace import PacedCard
from terminal_sim.readers.tearing import COMMAND_STEPS, CardTear, TornCard

WORDS = "insert NAME [SLOT], remove [SLOT], tap NAME, swipe NAME, tear STEP|N [SLOT], press DIGITS|ENTER|CLEAR|CANCEL..., quit"
ENDS = (signal.SIGINT, signal.SIGTERM)


def run(given: Namespace) -> int:
    if not hasattr(signal, "pthread_sigmask"):
        raise UserError("this system cannot serve readers to other software: that takes a POSIX system")
    before = {each: signal.getsignal(each) for each in ENDS}
    for each, handler in before.items():
        if handler is not signal.SIG_IGN:  # as SIGINT is for a job in the background
            signal.signal(each, _interrupt)
    # Until the reader is there and will be closed: else an early signal leaves its link behind.
    unblocked = signal.pthread_sigmask(signal.SIG_BLOCK, ENDS)
    try:
        with as_user_errors(BenchMisuse, DriverError, JournalError, ProfileError), Bench() as bench:
            reader = serve(given.address, given.link, _show)
            try:
                signal.pthread_sigmask(signal.SIG_SETMASK, unblocked)
                _serve(given, ServedReaderLines(bench, reader), reader)
            finally:
                reader.close()
    except KeyboardInterrupt:
        pass
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, unblocked)
        for each, handler in before.items():
            signal.signal(each, handler)
    return 0


def _serve(given: Namespace, hands: ServedReaderLines, reader: Served) -> None:
    if given.card:
        hands.insert(given.card)
    print(f"# {given.card or 'no card'} in the reader at {reader.path}; lines: {WORDS}")
    print(reader.instructions, end="", flush=True)
    _obey(hands, sys.stdin)


def _let_pass(microseconds: int) -> None:
    """A card before a reader of other people takes its time for real."""
    sleep(microseconds / 1_000_000)


class ServedReaderLines:
    """What a person does at the served reader."""

    def __init__(self, bench: Bench, reader: Served) -> None:
        self._bench = bench
        self._reader = reader
        self._cards: dict[int, TornCard] = {}

    def obey(self, line: str) -> None:
        """Do what a line says; an empty one says nothing. Raises `UserError`."""
        with as_user_errors(BenchMisuse, DriverError, ProfileError):
            match line.split():
                case ["insert", name, *slot] if len(slot) <= 1:
                    self.insert(name, _slot(slot))
                case ["remove", *slot] if len(slot) <= 1:
                    self._reader.remove(_slot(slot))
                case ["tap", name]:
                    self._tap(name)
                case ["swipe", name]:
                    self._swipe(name)
                case ["tear", after, *slot] if len(slot) <= 1:
                    self._tear(after, _slot(slot))
                case ["press", *keys] if keys:
                    self._reader.press(*map(_key, keys))
                case _:
                    raise UserError(f"no such line; there are {WORDS}")

    def insert(self, name: str, slot: int = 0) -> None:
        card = TornCard(PacedCard(chip_of(name, self._bench.card(name)), _let_pass))
        self._reader.insert(card, slot)
        self._cards[slot] = card

    def _tap(self, name: str) -> None:
        card = TornCard(PacedCard(face_of(name, self._bench.card(name)), _let_pass))
        self._reader.tap(card)
        self._cards[FIELD] = card

    def _swipe(self, name: str) -> None:
        self._reader.swipe(stripe_of(name, self._bench.card(name)))

    def _tear(self, after: str, slot: int) -> None:
        if not self._reader.holds(slot):
            raise UserError(f"slot {slot} holds no card: insert one first")
        if after not in COMMAND_STEPS and not _is_number(after):
            raise UserError(
                f"{after!r} is no step of a card: {', '.join(COMMAND_STEPS)} or the number of a command"
            )
        self._cards[slot].tear(CardTear(COMMAND_STEPS.get(after) or int(after[:9])))


def _obey(hands: ServedReaderLines, lines: Iterable[str]) -> None:
    for line in lines:
        said = line.strip()
        if said == "quit":
            return
        try:
            if said:
                hands.obey(said)
                print(f"# done: {_named(said)}", flush=True)
        except UserError as error:
            print(f"{_named(said)}: {error}", file=sys.stderr, flush=True)
    signal.pause()


def _interrupt(_signal: int, _frame: FrameType | None) -> None:
    """The first signal ends the reader; another one must not keep it from taking its link away."""
    for each in ENDS:
        signal.signal(each, lambda *_: None)
    raise KeyboardInterrupt


def _show(prompt: Prompt) -> None:
    print(f"# the PIN pad asks for the {prompt.step.value} of the card in slot {prompt.slot}", flush=True)


def _named(line: str) -> str:
    """A line as it is written down again: what was typed on a PIN pad is not."""
    return "press" if line.startswith("press") else line


def _key(word: str) -> str | Key:
    if _is_number(word):
        return word
    if word.upper() in Key.__members__:
        return Key[word.upper()]
    raise UserError(f"a PIN pad has digits and {', '.join(Key.__members__)}")


def _is_number(text: str) -> bool:
    return text.isascii() and text.isdigit()


def _slot(words: Sequence[str]) -> int:
    if not words:
        return 0
    if not _is_number(words[0]):
        raise UserError(f"{words[0]!r} is no slot: write its number")
    return int(words[0][:9])
