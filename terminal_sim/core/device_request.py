"""What a point of sale has a terminal ask a person, print on its paper or show on its screen. No money moves by it, and no row is kept of it."""

from __future__ import annotations

from enum import Enum

from msgspec import Struct

from terminal_sim.core.receipt import Copy, ReceiptLine
from terminal_sim.core.text import Phrase, say


class Confirmation(Struct, frozen=True, kw_only=True):
    """Yes or no: the button `no` stands on the left, `yes` on the right."""

    no: Phrase = say("no")
    yes: Phrase = say("yes")


class Typing(Enum):
    """What can be typed: letters and digits, digits alone, or digits of which the last ones are decimals."""

    TEXT = "text"
    DIGITS = "digits"
    DECIMAL = "decimal"


class TypedAnswer(Struct, frozen=True, kw_only=True):
    """Something to type, of `shortest` to `longest` characters; a decimal has `decimals` behind its point, which are none of these.

    The field begins with `begun`. Of what is `masked` the screen shows the length alone.
    """

    typing: Typing
    shortest: int = 0
    longest: int = 40
    decimals: int = 0
    begun: str = ""
    masked: bool = False


class MenuChoice(Struct, frozen=True, kw_only=True):
    """One of `entries`, or `fewest` to `most` of them where `several` may be chosen (`most` 0: as many as there are); those in `chosen` are marked from the beginning."""

    entries: tuple[str, ...]
    several: bool = False
    fewest: int = 0
    most: int = 0
    chosen: tuple[int, ...] = ()


Question = Confirmation | TypedAnswer | MenuChoice

Given = bool | str | tuple[int, ...]
"""What a person answers: whether a confirmation was given, the text as it was typed (a decimal with its point), the places of the entries that were chosen, from 0."""


class InputRequest(Struct, frozen=True, kw_only=True):
    """Ask `question` under `title` and `lines`. `id` is the point of sale's name for the request, `within` how long a person has, in microseconds; 0 is the terminal's own time."""

    id: str
    question: Question
    title: str = ""
    lines: tuple[str, ...] = ()
    within: int = 0


class PrintedDocument(Struct, frozen=True):
    """A paper of the point of sale's own."""

    lines: tuple[ReceiptLine, ...]


class ReceiptCopy(Struct, frozen=True):
    """A copy of the receipt of the payment with the terminal's `reference`, as it was, with the mark of a copy."""

    reference: str
    copy: Copy


class PrintRequest(Struct, frozen=True, kw_only=True):
    """Print `paper`. The request ends when it is out, or has stopped for want of paper."""

    id: str
    paper: PrintedDocument | ReceiptCopy


class DisplayRequest(Struct, frozen=True, kw_only=True):
    """Show `title`, `lines` and, where there is one, the QR code `code`, for `shown_for` microseconds; 0 is the terminal's own time for a result."""

    id: str
    title: str = ""
    lines: tuple[str, ...] = ()
    code: str = ""
    shown_for: int = 0


DeviceRequest = InputRequest | PrintRequest | DisplayRequest
