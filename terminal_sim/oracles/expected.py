"""Rules of the test cards: a payment with a card ends as its file says, and its holder is verified as its list says."""

from __future__ import annotations

from collections.abc import Iterator

from terminal_sim.bench import contents
from terminal_sim.oracles.facts import SessionFacts
from terminal_sim.oracles.occurrence import Occurrence, digits, has, screen_id, text_of
from terminal_sim.oracles.oracle import oracle

_FACES = {"insert": "chip", "tap-card": "contactless", "swipe": "stripe"}
_ENDS = ("approved", "declined", "not-accepted", "card-error", "insert-instead", "swipe-instead")
_HIGHEST = 1250  # what the files of the cards speak of
_PIN = ("online-pin", "offline-pin", "enciphered-pin")


def _presented(facts: SessionFacts, seen: Occurrence) -> tuple[str, str] | None:
    """The verb and the card of a payment in which one card was presented, once, and which was new and asked for in every way."""
    here = seen.line if seen.line.partition(" ")[0] in _FACES else ""
    lines = (*facts.presented, here) if here else facts.presented
    if not facts.terminal.has_virtual_readers:
        return None  # a card of a served reader remembers what other benches did with it
    if here and (here.split()[1] in facts.used or screen_id(seen.before) != "present-card"):
        return None
    if len(lines) != 1 or not lines[0]:
        return None
    verb, card, *_ = lines[0].split()
    return verb, card


def _is_ordinary(facts: SessionFacts, seen: Occurrence) -> bool:
    """Whether nothing is wrong, and the profile takes cards in every way for the usual acquirer."""
    entries, sound = facts.profile.entries, facts.is_plain and not facts.host_told
    whole = (
        entries.chip and entries.contactless and entries.stripe and facts.profile.kernel == "test-acquirer"
    )
    return bool(whole and sound and seen.is_on and not seen.around.outage and facts.outage is None)


def _ended(seen: Occurrence) -> str:
    screen = screen_id(seen.after)
    if screen in _ENDS:
        return screen
    return next((one for one in ("see-phone", "card-error") if has(seen.after, one)), "")


@oracle("R-card-1", "a payment with a new card ends as the card's file says", contents.ScreenShown)
def ends(facts: SessionFacts, seen: Occurrence) -> Iterator[str]:
    ended = _ended(seen)
    found = _presented(facts, seen) if ended else None
    if (
        found is None
        or not _is_ordinary(facts, seen)
        or "state" in seen.dues
        or facts.flow not in ("sale", "charge")
    ):
        return
    if (
        not 0 < (facts.asked or 0) <= _HIGHEST
        or "choose-application" in facts.been
        or not _right_pin(facts, seen)
    ):
        return
    if not (seen.came_to or seen.line) or screen_id(seen.before) in _ENDS:
        return
    verb, name = found
    expected = facts.terminal.bench.card(name).personality.expected
    wanted = getattr(expected, _FACES[verb])
    if wanted and ended != wanted:
        yield f"{verb} {name} ends as {ended}, and its file says {wanted}"


def _right_pin(facts: SessionFacts, seen: Occurrence) -> bool:
    """Whether each PIN that was typed was the card's own."""
    typed = [
        one.digits
        for one in (*facts.confirmed, seen.confirmed)
        if one is not None and one.screen == "enter-pin"
    ]
    card = facts.terminal.card
    own = card.pin.reveal() if card is not None and card.pin is not None else ""
    return all(one == own for one in typed) and not has(seen.after, "wrong-pin")


@oracle(
    "R-pin-4",
    "a PIN is asked for where the card's list of methods begins with one, and not where it has none",
    contents.StateChanged,
    shows=("approved", "enter-pin"),
    anew=True,
)
def asked(facts: SessionFacts, seen: Occurrence) -> Iterator[str]:
    found = _presented(facts, seen)
    if (
        found is None
        or found[0] != "insert"
        or seen.came_to not in ("approved", "enter-pin")
        or not _is_ordinary(facts, seen)
    ):
        return
    if facts.flow not in ("sale", "charge") or facts.terminal.bench.card(found[1]).personality.chip is None:
        return
    personality = facts.terminal.bench.card(found[1]).personality
    chip = personality.chip
    if chip is None or len(chip.applications) != 1:
        return
    methods = chip.applications[0].cvm or chip.cvm
    been = "enter-pin" in facts.been or any(view.screen.id == "enter-pin" for view in seen.screens)
    if seen.came_to == "approved" and methods and methods[0] in _PIN and not been:
        yield f"{found[1]} was approved, its list begins with {methods[0]}, and no PIN was asked for"
    if seen.came_to == "enter-pin" and not any("pin" in one for one in methods):
        yield f"{found[1]} has none of a PIN in its list, and one was asked for"


@oracle("R-pin-5", "the first wrong PIN of a new card leaves one try less than it has", contents.ScreenShown)
def first_try(facts: SessionFacts, seen: Occurrence) -> Iterator[str]:
    said = text_of(seen.after, "wrong-pin")
    found = _presented(facts, seen) if said else None
    if facts.tries_left >= 0 or found is None or not facts.is_plain:
        return
    chip = facts.terminal.bench.card(found[1]).personality.chip
    if chip is not None and digits(said) != str(chip.pin_tries - 1):
        yield f"{said!r} stands there, and the card has {chip.pin_tries} tries"


@oracle(
    "R-card-2",
    "a card whose file sends its holder to the telephone says so",
    contents.ScreenShown,
    left=("present-card",),
    shows=("present-card",),
)
def sent_to_phone(facts: SessionFacts, seen: Occurrence) -> Iterator[str]:
    found = _presented(facts, seen)
    if (
        found is None
        or not seen.line
        or not _is_ordinary(facts, seen)
        or facts.flow not in ("sale", "charge")
    ):
        return
    verb, name = found
    wanted = getattr(facts.terminal.bench.card(name).personality.expected, _FACES[verb])
    if wanted == "see-phone" and not has(seen.after, wanted):
        yield f"{verb} {name} is asked for again, and the screen does not say {wanted}"


EXPECTED = (ends, asked, first_try, sent_to_phone)
