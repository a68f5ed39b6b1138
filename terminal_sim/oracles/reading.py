"""Rules of how a card is read: when a stripe is taken, what stands for a chip, and which application pays."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from terminal_sim.bench import Tone, contents
from terminal_sim.oracles.facts import SessionFacts
from terminal_sim.oracles.occurrence import Occurrence, begins_to_read, screen_id, text_of
from terminal_sim.oracles.oracle import oracle
from terminal_sim.oracles.states import ANOTHER_IN_SLOT, ASKS_FOR_CARD, NOT_PAID, PRESENTING

_NEEDING_READER = (*ASKS_FOR_CARD, "enter-pin", "choose-application")
_AMOUNTS = ("amount", "home", "offline-limit")
_WAYS = ("manual-entry", "gift-card", "clearpay")


@oracle(
    "R-reader-3",
    "the stripe of a card with a chip is taken where the chip could not be read, and said to stand for it",
    contents.RowStored,
)
def stripe(facts: SessionFacts, seen: Occurrence) -> Iterator[str]:
    if not seen.line.startswith("swipe") or not facts.profile.entries.chip:
        return
    card = facts.terminal.bench.card(seen.line.split()[1])
    asked = screen_id(seen.before) == "swipe-instead"
    stands = asked and _says_chip(card.stripe)
    for row in seen.rows:
        if (
            row.kind not in ("sale", "refund")
            or row.text("reference") in facts.payments
            or row.text("entry") != "stripe"
        ):
            continue
        if stands != (row.text("fallback") == "chip"):
            yield f"{row.text('reference')} was swiped {'in place of a chip' if stands else 'as it is'}, and its row says {row.text('fallback') or 'nothing'!r}"
        if not asked and card.chip is not None and _says_chip(card.stripe):
            yield f"the stripe of {seen.line.split()[1]} was taken, and the card has a chip"


def _says_chip(tracks: Mapping[int, str] | None) -> bool:
    """Whether the service code of track 2 says that the card has a chip (ISO/IEC 7813: 2xx and 6xx)."""
    _, _, behind = (tracks or {}).get(2, "").partition("=")
    return behind[4:5] in ("2", "6")


@oracle("R-reader-4", "the application that the cardholder chose is the one that pays", contents.RowStored)
def application(facts: SessionFacts, seen: Occurrence) -> Iterator[str]:
    if screen_id(seen.before) == "choose-application" and seen.target.startswith("application-"):
        label = text_of(seen.before, seen.target)
    else:
        label = facts.application
    if not label:
        return
    for row in seen.rows:
        if (
            row.kind in ("sale", "refund")
            and row.text("label")
            and row.text("label") != label
            and row.text("state") == "COMPLETED"
            and not facts.is_kept(row)
        ):
            yield f"{label} was chosen, and {row.text('label')} paid"


@oracle(
    "R-entry-4",
    "the address is asked for as the profile says for the country of the card",
    contents.StateChanged,
    left=("cvc", "expiry"),
    shows=("postal-code", "processing"),
    anew=True,
)
def address_asked(facts: SessionFacts, seen: Occurrence) -> Iterator[str]:
    said, moto = seen.confirmed, facts.profile.moto
    last = "cvc" if moto.ask_cvc else "expiry"
    if said is None or said.screen != last or seen.came_to not in ("postal-code", "processing"):
        return
    number = next((one.digits for one in reversed(facts.confirmed) if one.screen == "card-number"), "")
    country = next((of for begins, of in moto.iin_countries.items() if number.startswith(begins)), "")
    wanted = moto.ask_address and country in moto.ask_address_in
    if number and wanted != (seen.came_to == "postal-code"):
        yield f"the card is of {country or 'an unknown country'}, and {seen.came_to} comes after {last}"


@oracle(
    "R-sound-1",
    "a card, a way of paying or a digit that is refused in words is heard to be",
    contents.ScreenShown,
    left=(*ASKS_FOR_CARD, *_AMOUNTS),
    shows=(*ASKS_FOR_CARD, *_AMOUNTS),
)
def heard(_: SessionFacts, seen: Occurrence) -> Iterator[str]:
    if seen.before is None or seen.after is None or contents.Beeped in seen.kinds:
        return
    presented = seen.line.startswith(PRESENTING) and screen_id(seen.before) in ASKS_FOR_CARD
    way = seen.target in _WAYS and not seen.came_to
    told = {one.id for one in seen.before.unplaced if one.tone is Tone.BAD}
    new = [one for one in seen.after.unplaced if one.tone is Tone.BAD and one.id not in told]
    digit = seen.key.isdigit() and any(one.id == "amount-too-high" for one in new)
    if new and (presented or way or digit):
        yield f"{new[0].text!r} is said without a tone"


@oracle(
    "R-offline-12",
    "a chip that is good for the acquirer is not declined while he is out of reach",
    contents.ScreenShown,
    left=("present-card",),
    shows=("declined",),
)
def good_chip(facts: SessionFacts, seen: Occurrence) -> Iterator[str]:
    known = facts.outage is not None and facts.outage.reason == seen.around.outage
    if not known or not seen.line.startswith("insert") or facts.is_disturbed or facts.host_told:
        return
    name = seen.line.split()[1]
    if facts.terminal.bench.card(name).personality.expected.chip == "approved":
        yield f"{name} is declined, and the acquirer was not asked"


@oracle(
    "R-reader-6",
    "no card is asked for, and no PIN for one, by a reader that was just lost",
    contents.Act,
    left=_NEEDING_READER,
    shows=_NEEDING_READER,
    anew=False,
)
def lost(_: SessionFacts, seen: Occurrence) -> Iterator[str]:
    if (
        seen.line == "fault reader-link down"
        and seen.around_before.reader
        and seen.around_before.app_open
        and seen.is_on
    ):
        yield f"the reader is lost, and {screen_id(seen.after)} stands there as before"


@oracle(
    "R-reader-7",
    "a chip card that was read for a payment is read again once it was taken out",
    contents.StateChanged,
)
def spent(facts: SessionFacts, seen: Occurrence) -> Iterator[str]:
    by_another = seen.line.startswith((*PRESENTING, *ANOTHER_IN_SLOT))
    if facts.is_spent and begins_to_read(seen) and not by_another:
        yield "the card in the slot was read for another payment, and this one goes on with it"


@oracle(
    "R-reader-8",
    "a payment whose card is not in the reader any more goes on without the reader",
    contents.Act,
    left=("processing", "enter-pin"),
)
def goes_on(facts: SessionFacts, seen: Occurrence) -> Iterator[str]:
    of_reader = seen.line in ("fault reader-link down", "remove card")
    slot = seen.line == "remove card"
    tapped = facts.way == "tap-card" and (slot or facts.state == "authorising")
    if of_reader and (tapped or facts.way == "swipe") and seen.came_to in NOT_PAID:
        yield f"{seen.line} led to {seen.came_to}, and the card was {'tapped' if tapped else 'swiped'}"


READING = (stripe, application, address_asked, heard, good_chip, lost, spent, goes_on)
