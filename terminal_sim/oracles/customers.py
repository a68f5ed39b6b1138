"""Rules of a display that is the customer's own: it shows this customer's payment, in this customer's language."""

from __future__ import annotations

from collections.abc import Iterator

from terminal_sim.bench import Role, contents
from terminal_sim.oracles.amounts import amount_asked
from terminal_sim.oracles.facts import SessionFacts
from terminal_sim.oracles.occurrence import Occurrence, digits, screen_id
from terminal_sim.oracles.on_screen import language_at_the_end
from terminal_sim.oracles.oracle import oracle
from terminal_sim.oracles.states import ASKS_FOR_CARD

_SAID = (Role.TITLE, Role.LINE, Role.INPUT, Role.QR)
"""What a screen says; all else on it is there to be touched, or tells of the terminal."""

_CARDHOLDERS = ("application-", "digital-receipt")
"""How the ids of what the cardholder chooses begin."""


@oracle(
    "R-customer-1",
    "the customer's display shows this customer's payment, and nothing that is the seller's",
    contents.ScreenShown,
)
def customer(facts: SessionFacts, seen: Occurrence) -> Iterator[str]:
    if "customer" not in facts.profile.displays or seen.until != seen.mono:
        return
    view, screen = facts.terminal.view("customer"), screen_id(seen.after)
    if any(one.role in (Role.TAB, Role.BANNER) for one in view.unplaced):
        yield "it has tabs or banners"
    if screen in ASKS_FOR_CARD and any(one.role is Role.CHOICE for one in view.unplaced):
        yield "it has choices, and the way of paying is the seller's to touch"
    private = screen in (
        "home",
        "history",
        "transactions",
        "transaction",
        "receipts",
        "filter",
        "orders",
        "status",
        "passcode",
        "offline-payments",
        "offline-limit",
        "signed-out",
        "tampered",
    )
    if (private or screen.startswith("menu-")) and view.screen.id != "welcome":
        yield f"it shows {view.screen.id} while the seller looks at {screen}"
    asked = amount_asked(facts, seen)
    said = next((one.wording for one in view.unplaced if one.id == "sum"), "")
    if (
        screen in ASKS_FOR_CARD
        and asked is not None
        and view.screen.id == "welcome"
        and not facts.asked_by_till
    ):
        yield f"it shows nothing of the payment of {asked}"
    if said and asked is not None and screen in ASKS_FOR_CARD and digits(said).lstrip("0") != str(asked):
        yield f"it shows {said!r}, and {asked} was confirmed"


@oracle(
    "R-customer-2",
    "the customer's display says of a payment all that the seller's does, and offers what is the cardholder's to choose",
    contents.ScreenShown,
)
def customers_copy(facts: SessionFacts, seen: Occurrence) -> Iterator[str]:
    if "customer" not in facts.profile.displays or seen.until != seen.mono:
        return
    view, sellers = facts.terminal.view("customer"), facts.terminal.view("seller")
    if view.screen.id != sellers.screen.id:
        return
    said = {one.id for one in view.unplaced}
    lacking = [
        one.id
        for one in sellers.unplaced
        if (one.role in _SAID or one.id.startswith(_CARDHOLDERS)) and one.id not in said
    ]
    if lacking:
        yield f"{view.screen.id} lacks {', '.join(lacking)}, which the seller reads"


@oracle(
    "R-language-2",
    "a display of the customer's own speaks the card's language where the cardholder is spoken to, and the seller's does not",
    contents.ScreenShown,
)
def customers_language(facts: SessionFacts, seen: Occurrence) -> Iterator[str]:
    displays = facts.profile.displays
    if "customer" not in displays or seen.after is None:
        return
    own, view = facts.terminal.locale, facts.terminal.view("customer")
    if displays[seen.after.display].read_by == "seller" and seen.after.locale != own:
        yield f"the seller's display is in {seen.after.locale}, and the terminal speaks {own}"
    if view.screen.id == "welcome" and view.locale != own:
        yield f"the customer is welcomed in {view.locale}, and the terminal speaks {own}"
    spoken = language_at_the_end(facts, seen)
    if spoken and seen.came_to in ("approved", "declined", "accepted-offline") and view.locale != spoken:
        yield f"{seen.came_to} is in {view.locale}, and the cardholder speaks {spoken}"


CUSTOMERS = (customer, customers_copy, customers_language)
