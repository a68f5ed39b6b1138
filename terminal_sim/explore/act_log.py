"""Follows the trace of a running bench and keeps what was done at its terminal, so that it can be done again.

1. An act is an entry that begins something: a key, a touch, a line of a script. What follows from it is no act, and time that passes is
   said by the moments of the acts.
2. Keys that are pressed at one moment, one after the other, are one act.
3. Digits of a hidden field are `Secret` until the acts are written, with names in their places.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from itertools import groupby

from terminal_sim.bench import TerminalUnderTest, TraceEntry, contents
from terminal_sim.explore.recorded_act import PRESS, TAP, RecordedAct, words_of
from terminal_sim.explore.secret_words import SecretWords
from terminal_sim.secret import Secret

_HIDDEN = "DIGIT"
_CLEAR = "CLEAR"
_ANY = "0"
_CARD_VERBS = ("insert", "tap-card", "swipe")


@dataclass(slots=True)
class _Key:
    """A key that was pressed while the screen `screen` stood; `hidden` is the digit where the field hides it, and `ignored` says that it changed nothing."""

    n: int
    mono: int
    key: str
    screen: str
    hidden: Secret[str] | None
    ignored: bool = False


@dataclass(eq=False, slots=True)
class _Field:
    """The digits that stood in the hidden field of `screen` at last, and those that went: taken back, or ignored. `card` is the one that was named last."""

    screen: str
    card: str
    stayed: list[_Key] = field(default_factory=list)
    went: list[_Key] = field(default_factory=list)

    def take(self, key: _Key) -> None:
        """A key was pressed in the field: a digit, or the one that takes the last digit back."""
        if key.hidden is not None:
            (self.went if key.ignored else self.stayed).append(key)
        elif self.stayed:
            self.went.append(self.stayed.pop())

    def named(self, words: SecretWords, card: str) -> Iterator[_HiddenDigit]:
        """Each digit with the word for all that stayed; one that went is of no account, and might have been any. `card` is looked at first."""
        digits = "".join(key.hidden.reveal() for key in self.stayed if key.hidden is not None)
        word = words.word(digits, self.screen, card) if digits else ""
        for place, key in enumerate(self.stayed):
            yield _HiddenDigit(key.n, self, word, place)
        for key in self.went:
            yield _HiddenDigit(key.n, None, _ANY, 0)


@dataclass(frozen=True, slots=True)
class _HiddenDigit:
    """The digit at `place` among those that `word` stands for; `n` is the event number of its key. One that did not stay is in no `field`."""

    n: int
    field: _Field | None
    word: str
    place: int


class ActLog:
    """A subscriber of the trace. `terminal` is set when there is one; `entries` are all that the trace had, frames among them."""

    wants_frames, wants_bytes = True, False

    def __init__(self) -> None:
        self.terminal: TerminalUnderTest | None = None
        self.entries: list[TraceEntry] = []
        self._done: list[_Key | RecordedAct] = []
        self._screen = ""

    def take(self, entry: TraceEntry) -> None:
        content = entry.content
        self.entries.append(entry)
        if isinstance(content, contents.ScreenShown):
            self._screen = content.screen
        elif isinstance(content, contents.InputIgnored):
            last = self._done[-1] if self._done else None
            if isinstance(last, _Key) and last.n == entry.cause:
                last.ignored = True
        elif entry.cause != entry.number:
            return
        elif isinstance(content, contents.KeyPress):
            hidden = None
            if content.key == _HIDDEN and self.terminal is not None:
                hidden = self.terminal.key_in_hand
            self._done.append(_Key(entry.number, entry.at.mono, content.key, self._screen, hidden))
        elif isinstance(content, contents.Touch):
            self._done.append(RecordedAct(entry.number, (TAP, content.target), entry.at.mono))
        elif isinstance(content, contents.Act):
            self._done.append(RecordedAct(entry.number, words_of(content.line), entry.at.mono))

    @property
    def last_event(self) -> int:
        """The number of the last entry, 0 before the first."""
        return self.entries[-1].number if self.entries else 0

    @property
    def cards(self) -> set[str]:
        """The names of the cards that were presented."""
        return {
            one.act[1] for one in self._done if isinstance(one, RecordedAct) and one.act[0] in _CARD_VERBS
        }

    def acts(self, words: SecretWords, card: str = "") -> tuple[RecordedAct, ...]:
        """Everything that was done, in its order; `card` is the one that was named before the first act."""
        hidden = {digit.n: digit for digit in _named(_fields(self._done, card), words)}
        acts: list[RecordedAct] = []
        for at, group in groupby(self._done, key=lambda one: one.mono if isinstance(one, _Key) else one):
            if isinstance(at, RecordedAct):
                acts.append(at)
                continue
            keys = [one for one in group if isinstance(one, _Key)]
            acts.append(RecordedAct(keys[0].n, (PRESS, *_spelled(keys, hidden, words)), keys[0].mono))
        return tuple(acts)


def _named(fields: Iterable[_Field], words: SecretWords) -> Iterator[_HiddenDigit]:
    """All hidden digits. A card whose number was typed is the one named last, until another is presented."""
    presented = typed = ""
    for one in fields:
        typed = typed if one.card == presented else ""
        presented = one.card
        digits = list(one.named(words, typed or presented))
        yield from digits
        typed = next((card for digit in digits if (card := words.typed_card(digit.word))), typed)


def _fields(done: list[_Key | RecordedAct], card: str) -> Iterator[_Field]:
    """What was typed into each hidden field, up to the key or act that left it."""
    typing: _Field | None = None
    for one in done:
        if isinstance(one, _Key) and (one.hidden is not None or (typing is not None and one.key == _CLEAR)):
            if typing is None or typing.screen != one.screen:
                if typing is not None:
                    yield typing
                typing = _Field(one.screen, card)
            typing.take(one)
            continue
        if typing is not None:
            yield typing
            typing = None
        if isinstance(one, RecordedAct) and one.act[0] in _CARD_VERBS:
            card = one.act[1]
    if typing is not None:
        yield typing


def _spelled(keys: list[_Key], hidden: dict[int, _HiddenDigit], words: SecretWords) -> Iterator[str]:
    """The words of keys that were pressed one after the other."""
    for place, group in groupby(keys, key=lambda key: _run_of(key, hidden)):
        run = list(group)
        if isinstance(place, _Field):
            first, last = hidden[run[0].n], hidden[run[-1].n]
            yield words.part(first.word, first.place, last.place + 1)
        elif place is None:
            yield _ANY * len(run)
        elif place:
            yield "".join(key.key for key in run)
        else:
            yield from (key.key for key in run)


def _run_of(key: _Key, hidden: dict[int, _HiddenDigit]) -> _Field | bool | None:
    """Keys of one run are one word: those that stayed in one hidden field, those that went (None), or digits that show (True)."""
    return hidden[key.n].field if key.n in hidden else key.key.isdigit()
