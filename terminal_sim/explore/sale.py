"""One sale from the home screen to its end, as a person does it: amount, card, and whatever the terminal asks on the way.

A sale is a value, and so is how it ends: the same sale ends the same way on every machine. What a terminal asks is answered at once: the first
application is chosen, and the card's own PIN is typed.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import product
from typing import Final, Literal

from terminal_sim.bench import Bench, Duration, TerminalUnderTest, Trace, TraceEntry, contents
from terminal_sim.display.texts import Texts

WayIn = Literal["chip", "contactless", "stripe"]
WAYS_IN: Final[tuple[WayIn, ...]] = ("chip", "contactless", "stripe")

AMOUNT: Final = "1250"
_ENDINGS: Final = (
    "approved", "declined", "accepted-offline", "not-accepted", "card-error", "card-removed", "insert-instead", "swipe-instead",
    "see-phone", "no-connection", "timed-out", "reader-lost",
)  # fmt: skip
"""The screens that say how a sale went, or what the cardholder has to do instead."""
_REFUSALS: Final = ("offline-not-allowed", "out-of-service")
"""What a home screen says where it takes no payment now."""
_PRESENTED: Final[dict[WayIn, Literal["insert", "tap", "swipe"]]] = {
    "chip": "insert",
    "contactless": "tap",
    "stripe": "swipe",
}
_FIRST_APPLICATION: Final = "application-1"
_AGAIN: Final = ("see-phone", "try-again", "one-card-only")
"""What a screen that waits for a card says of the tap before: the cardholder has to do something first."""
_PATIENCE: Final = Duration.parse("3min")
_A_MOMENT: Final = Duration.parse("100ms")


@dataclass(frozen=True, slots=True, kw_only=True)
class PlannedSale:
    """A sale of 12.50 at a fresh terminal with a fresh card. `answer` is what `host answers`, empty where accounts and rules decide.

    `kernel` is the kernel file of the terminal's acquirer, empty for the one that its profile names.
    """

    profile: str
    card: str
    way: WayIn
    locale: str
    answer: str = ""
    online: bool = True
    kernel: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class SaleEnd:
    """How a sale ended: the id of the last screen that says so (empty where none did) and its title, and why, in words.

    `violations` are the invariants that do not hold then.
    """

    screen: str
    text: str
    reason: str
    violations: tuple[str, ...] = ()

    def __str__(self) -> str:
        """As a cell of the matrix shows it."""
        return f"{self.screen}: {self.reason}" if self.reason else self.screen or "no end"


@dataclass(slots=True)
class _Seen:
    """A subscriber of the trace that keeps the screens and the kernel's last word."""

    wants_frames: bool = False
    wants_bytes: bool = False
    ending: str = ""
    verdict: str = ""

    def take(self, entry: TraceEntry) -> None:
        content = entry.content
        if isinstance(content, contents.ScreenShown) and content.screen in _ENDINGS:
            self.ending = content.screen
        elif isinstance(content, contents.EventTaken) and content.reason:
            self.verdict = content.reason


@dataclass(slots=True)
class SaleRunner:
    """Does sales, each at a bench of its own. `texts` are shared, since reading them costs more than a sale."""

    texts: Texts = field(default_factory=Texts.load)

    def run(self, sale: PlannedSale) -> SaleEnd:
        """Does the sale until a screen says how it went; gives up after three minutes of virtual time."""
        seen = _Seen()
        with Bench(texts=self.texts, trace=Trace(seen, keep=0)) as bench:
            options = {"kernel": sale.kernel} if sale.kernel else None
            terminal = bench.add_terminal(sale.profile, locale=sale.locale, options=options)
            if not sale.online:
                terminal.network(False)
            if sale.answer:
                bench.host_answers([sale.answer])
            bench.advance(_A_MOMENT)
            _begin(terminal)
            if not terminal.wants_card(_PRESENTED[sale.way]):
                return _not_begun(terminal)
            _present(terminal, sale)
            return _ended(bench, terminal, sale, seen)


def sales(
    *,
    profiles: tuple[str, ...],
    cards: tuple[str, ...],
    ways: tuple[WayIn, ...] = WAYS_IN,
    locales: tuple[str, ...],
    answers: tuple[str, ...] = ("",),
    online: tuple[bool, ...] = (True,),
    kernel: str = "",
    runner: SaleRunner,
) -> Iterator[PlannedSale]:
    """Every sale of the table that card and terminal can do; a terminal without a link gets one answer only, since none arrives."""
    links = [(reached, answer) for reached in online for answer in (answers if reached else answers[:1])]
    for profile, card, way in _possible(profiles, cards, ways, runner):
        for locale, (reached, answer) in product(locales, links):
            yield PlannedSale(
                profile=profile,
                card=card,
                way=way,
                locale=locale,
                answer=answer,
                online=reached,
                kernel=kernel,
            )


def _possible(
    profiles: tuple[str, ...], cards: tuple[str, ...], ways: tuple[WayIn, ...], runner: SaleRunner
) -> list[tuple[str, str, WayIn]]:
    """Where the card has such a face and the terminal such a way in."""
    with Bench(texts=runner.texts, trace=False) as bench:
        entries = {name: bench.add_terminal(name, power=False).profile.entries for name in profiles}
        faces = {name: bench.card(name) for name in cards}
        return [
            (profile, card, way)
            for profile, card, way in product(profiles, cards, ways)
            if getattr(faces[card], way) is not None and getattr(entries[profile], way)
        ]


def _begin(terminal: TerminalUnderTest) -> None:
    """From the home screen to the screen that waits for a card."""
    if (opens := _opens_sale(terminal)) is not None:
        terminal.touch(opens)
    for digit in AMOUNT:
        terminal.press(digit)
    if not terminal.press("OK"):
        terminal.touch("charge")


def _opens_sale(terminal: TerminalUnderTest) -> str | None:
    """The entry of the home screen that opens the amount of a sale; None where the home screen takes the amount itself."""
    return next((entry.id for entry in terminal.profile.home.entries if entry.flow == "sale"), None)


def _present(terminal: TerminalUnderTest, sale: PlannedSale) -> None:
    {"chip": terminal.insert, "contactless": terminal.tap, "stripe": terminal.swipe}[sale.way](sale.card)


def _not_begun(terminal: TerminalUnderTest) -> SaleEnd:
    """The end of a sale that the terminal does not begin: what its screen says of it."""
    items = (item for item in terminal.view().items if item.id in _REFUSALS)
    refusal = next(items, None)
    return SaleEnd(screen=refusal.id if refusal else "", text=refusal.text if refusal else "", reason="")


def _ended(bench: Bench, terminal: TerminalUnderTest, sale: PlannedSale, seen: _Seen) -> SaleEnd:
    personality = bench.card(sale.card).personality
    until = bench.now.mono + _PATIENCE
    text = ""
    while bench.now.mono < until:
        bench.settle()
        screen = terminal.view().screen
        asked = next((item.id for item in terminal.view().items if item.id in _AGAIN), "")
        seen.ending = seen.ending or asked
        if seen.ending:
            text = next((item.text for item in terminal.view().items if item.id == seen.ending), "")
            break
        if screen.id == "enter-pin" and personality.pin is not None:
            for digit in personality.pin.reveal():
                terminal.press(digit)
            terminal.press("OK")
        elif screen.id == "choose-application":
            terminal.touch(_FIRST_APPLICATION)
        bench.advance(_A_MOMENT)
    return SaleEnd(
        screen=seen.ending, text=text, reason=_reason(bench, seen), violations=tuple(bench.violations())
    )


def _reason(bench: Bench, seen: _Seen) -> str:
    """What the kernel says, else what the acquirer's log says of the answer; empty for an approval without a remark."""
    if seen.ending in ("approved", "accepted-offline"):
        return ""
    if seen.verdict:
        return seen.verdict
    messages = [one for one in bench.host_messages() if one.kind == "sale"]
    if not messages:
        return ""
    fields = messages[-1].fields
    note = fields.get("note", "")
    return f"answered {fields['response']}" + (f": {note}" if note else "")
