"""Rules of the rows themselves: they name the card that was presented, the time at which it was, and the profile's currency."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta

from terminal_sim.bench import contents
from terminal_sim.oracles.facts import SessionFacts
from terminal_sim.oracles.occurrence import Occurrence, SeenRow
from terminal_sim.oracles.on_screen import language_of_card
from terminal_sim.oracles.oracle import oracle

_PAYMENTS = ("sale", "moto", "refund")
_KIND_OF = {
    "sale": "sale",
    "charge": "sale",
    "gift-card": "sale",
    "moto": "moto",
    "manual-entry": "moto",
    "refund": "refund",
}
_CLOSE = timedelta(seconds=1)
# Interac, American Express and Mastercard: the terminal alone says whether the holder of a tap is verified. Of other schemes the card may want it.
_BY_THE_LIMIT = ("A000000277", "A000000025", "A000000004")
_VISA = "A000000003"  # whose kernel asks the card for its word at every tap, and not above the limit alone
_BY_HAND = ("online-pin", "offline-pin", "signature")


def _begun(facts: SessionFacts, seen: Occurrence) -> Iterator[SeenRow]:
    """The first rows of payments that a person makes at the terminal."""
    known = set(facts.payments)
    for row in seen.rows:
        name = row.text("reference")
        if row.kind in _PAYMENTS and name not in known and not row.text("original"):
            known.add(name)
            yield row


@oracle(
    "R-row-1",
    "a payment has the number and the brand of the card that was presented or typed",
    contents.RowStored,
)
def of_the_card(facts: SessionFacts, seen: Occurrence) -> Iterator[str]:
    for row in _begun(facts, seen):
        typed = [
            one.digits
            for one in (*facts.confirmed, seen.confirmed)
            if one is not None and one.screen == "card-number"
        ]
        if row.text("entry") == "keyed":
            if typed and not row.text("pan").endswith(typed[-1][-4:]):
                yield f"{row.text('reference')} is of {row.text('pan')}, and a number that ends with {typed[-1][-4:]} was typed"
            continue
        card = facts.terminal.card if facts.names_card(seen) else None
        if card is None:
            continue
        ends = {account.pan.reveal()[-4:] for account in card.accounts}
        if row.text("pan")[-4:] not in ends:
            yield f"{row.text('reference')} is of {row.text('pan')}, and the card ends with {' or '.join(sorted(ends))}"


@oracle("R-row-3", "what is paid by gift card is paid by a gift card", contents.RowStored)
def by_gift_card(facts: SessionFacts, seen: Occurrence) -> Iterator[str]:
    if facts.flow != "gift-card" or seen.confirmed is None or seen.confirmed.screen != "card-number":
        return
    for row in _begun(facts, seen):
        if row.text("brand") != "square-gift":
            yield f"{row.text('reference')} is by a card of {row.text('brand') or 'no brand'}"


@oracle(
    "R-row-2",
    "a payment has the time at which it was asked for, and the profile's currency",
    contents.RowStored,
)
def when(facts: SessionFacts, seen: Occurrence) -> Iterator[str]:
    now = facts.terminal.bench.engine.clock.now
    voids = [row for row in seen.rows if row.kind == "void" and row.text("reference") not in facts.payments]
    for row in (*_begun(facts, seen), *voids[:1]):
        if row.text("currency") != facts.profile.currency:
            yield f"{row.text('reference')} is in {row.text('currency')}, and the profile says {facts.profile.currency}"
        begun = now.civil - timedelta(microseconds=now.mono - row.mono)
        if abs(datetime.fromisoformat(row.text("at")) - begun) > _CLOSE:
            yield f"{row.text('reference')} was at {row.text('at')}, and it was {begun:%Y-%m-%d %H:%M:%S}"


@oracle("R-row-4", "a payment is of the kind that was begun, and says what was asked for", contents.RowStored)
def of_its_kind(facts: SessionFacts, seen: Occurrence) -> Iterator[str]:
    flows = [one.content.flow for one in seen.entries if isinstance(one.content, contents.StateChanged)]
    for row in _begun(facts, seen):
        kinds = {_KIND_OF[flow] for flow in (facts.flow, *flows) if flow in _KIND_OF}
        if len(kinds) == 1 and row.kind not in kinds and not row.text("request"):
            yield f"{row.text('reference')} is a {row.kind}, and a {min(kinds)} was begun"
        if row.number("requested") != row.number("amount"):
            yield f"{row.text('reference')} is for {row.number('amount')}, and says that {row.number('requested')} was asked for"


@oracle(
    "R-row-5",
    "the row of a payment with a chip has its application, how its holder was verified and the cryptogram",
    contents.RowStored,
)
def of_the_chip(facts: SessionFacts, seen: Occurrence) -> Iterator[str]:
    for row in seen.rows:
        state, name = row.text("state"), row.text("reference")
        ended = state in ("COMPLETED", "PENDING") and not facts.is_kept(row)
        if row.kind != "sale" or row.text("entry") not in ("chip", "contactless") or not ended:
            continue
        if not row.text("aid"):
            yield f"{name} came in by {row.text('entry')}, and names no application"
        if not row.text("cvm"):
            yield f"{name} does not say how its holder was verified"
        card = facts.terminal.card if facts.names_card(seen) else None
        face = card.contactless if card is not None and row.text("entry") == "contactless" else None
        if (
            state == "COMPLETED"
            and face is not None
            and face.cryptogram != "checksum"
            and not row.text("cryptogram")
        ):
            yield f"{name} was tapped, and has no cryptogram"


@oracle(
    "R-tap-1", "the holder of a card that is tapped for more than the limit is verified", contents.RowStored
)
def verified(facts: SessionFacts, seen: Occurrence) -> Iterator[str]:
    limits = [
        (one.aid.hex().upper(), one.contactless_cvm_limit) for one in facts.terminal.board.kernel.applications
    ]
    for row in seen.rows:
        if (
            row.kind != "sale"
            or row.text("state") != "COMPLETED"
            or row.text("entry") != "contactless"
            or facts.is_kept(row)
        ):
            continue
        asked = row.number("requested") or row.number("amount")
        limit = next((most for aid, most in limits if row.text("aid").upper().startswith(aid)), None)
        if limit is not None and asked > limit and row.text("cvm") in ("", "no-cvm"):
            yield f"{asked} was tapped, the limit is {limit}, and nobody was verified"


@oracle(
    "R-tap-2",
    "the holder of a card that is tapped for less than the limit is asked for no PIN and no signature",
    contents.RowStored,
)
def waved_through(facts: SessionFacts, seen: Occurrence) -> Iterator[str]:
    limits = [
        (one.aid.hex().upper(), one.contactless_cvm_limit)
        for one in facts.terminal.board.kernel.applications
        if not one.reader_limits
    ]
    for row in seen.rows:
        aid = row.text("aid").upper()
        if (
            row.kind != "sale"
            or row.text("state") != "COMPLETED"
            or row.text("entry") != "contactless"
            or not aid.startswith(_BY_THE_LIMIT)
            or facts.is_kept(row)
        ):
            continue
        asked = row.number("requested") or row.number("amount")
        limit = next((most for begins, most in limits if aid.startswith(begins)), None)
        if limit is not None and asked < limit and row.text("cvm") in _BY_HAND:
            yield f"{asked} was tapped, the limit is {limit}, and the holder was verified by {row.text('cvm')}"


@oracle(
    "R-tap-3",
    "the holder of a card that verifies him by itself is verified so",
    contents.RowStored,
)
def on_the_device(facts: SessionFacts, seen: Occurrence) -> Iterator[str]:
    card = facts.terminal.card if facts.names_card(seen) else None
    if card is None or card.contactless is None or card.contactless.cvm != ("on-device",):
        return
    for row in seen.rows:
        if (
            row.kind == "sale"
            and row.text("state") == "COMPLETED"
            and row.text("entry") == "contactless"
            and row.text("aid").upper().startswith(_VISA)
            and row.text("pan").endswith(card.pan.reveal()[-4:])
            and not facts.is_kept(row)
            and row.text("cvm") != "on-device"
        ):
            yield f"{row.text('reference')} was paid by {card.id}, and says {row.text('cvm') or 'nothing'}"


@oracle(
    "R-row-6",
    "a card that was refused is on record under a reference of its own",
    contents.RowStored,
)
def own_reference(facts: SessionFacts, seen: Occurrence) -> Iterator[str]:
    new = [row.text("reference") for row in seen.rows if row.kind == "card.refused"]
    if not new:
        return
    known = {row.text("reference") for row in facts.rows if row.kind == "card.refused"}
    for name in new:
        if name in known:
            yield f"two cards were refused as {name}"
        known.add(name)


@oracle(
    "R-row-7",
    "the row of a payment with a chip has the first of the card's languages that the terminal speaks",
    contents.RowStored,
)
def in_the_cards_language(facts: SessionFacts, seen: Occurrence) -> Iterator[str]:
    card = facts.terminal.card if facts.names_card(seen) else None
    if card is None or facts.is_disturbed:
        return
    wanted = language_of_card(card.languages, facts.profile)
    for row in _begun(facts, seen):
        own = row.text("pan")[-4:] in {account.pan.reveal()[-4:] for account in card.accounts}
        if wanted and own and row.text("entry") in ("chip", "contactless") and row.text("language") != wanted:
            yield f"{row.text('reference')} says {row.text('language') or 'nothing'}, and {card.id} speaks {wanted}"


ROWS = (
    of_the_card,
    by_gift_card,
    when,
    of_its_kind,
    of_the_chip,
    verified,
    waved_through,
    on_the_device,
    own_reference,
    in_the_cards_language,
)
