"""Rules of time: each screen stands without input as long as the profile says for its kind, and no longer."""

from __future__ import annotations

from collections.abc import Iterator

from terminal_sim.oracles.facts import SessionFacts
from terminal_sim.oracles.occurrence import Occurrence, has, screen_id
from terminal_sim.oracles.oracle import oracle
from terminal_sim.oracles.states import ASKS_FOR_CARD

_BY_SCREEN = {
    **dict.fromkeys(("amount", "card-number", "expiry", "cvc", "postal-code", "street-number", "offline-limit", "receipt-number"), "entry"),
    **dict.fromkeys((*ASKS_FOR_CARD, "choose-application", "present-again"), "card"),
    **dict.fromkeys(("passcode", "new-passcode", "repeat-passcode"), "passcode"),
    **dict.fromkeys(("passcode-changed", "standalone-off", "standalone-link", "battery-critical"), "notice"),
    **dict.fromkeys(
        ("history", "transactions", "transaction", "receipts", "customer-receipt", "merchant-receipt", "filter", "offline-payments",
         "status", "out-of-paper", "sign-out", "switch-pos", "factory-reset", "delete-app", "settle", "batch-report", "last-batch"), "menu",
    ),
    **dict.fromkeys(
        ("approved", "declined", "cancelled", "timed-out", "card-removed", "no-connection", "accepted-offline", "card-error",
         "not-accepted", "reader-lost", "void-declined", "void-unanswered", "pos-cancelled", "settled", "settlement-pending"), "result",
    ),
    "enter-pin": "pin",
    "avs-result": "avs",
    "remove-card": "remove_card",
    "settling": "issuer",
    "checking-last": "reversal",
}  # fmt: skip
_BY_STATE = {"authorising": "issuer", "voiding": "issuer", "reading": "card", "completing": "card"}


def time_out(facts: SessionFacts, seen: Occurrence) -> tuple[str, int]:
    """The name of the time-out of the screen that stood before, and how long it is; "" and 0 where it has none."""
    screen = screen_id(seen.before)
    if screen == "processing":
        name = _BY_STATE.get(facts.state, "")
    elif screen.startswith("menu-"):
        name = "menu"
    elif screen == "home":
        name = "notice" if has(seen.before, "shortcut") else ""
    else:
        name = _BY_SCREEN.get(screen, "")
    return name, getattr(facts.profile.timeouts, name) if name else 0


@oracle("R-time-1", "a screen stands without input as long as its time-out says")
def stands(facts: SessionFacts, seen: Occurrence) -> Iterator[str]:
    name, length = time_out(facts, seen)
    if not length or not seen.is_on:
        return
    stood = seen.mono - facts.stands_since
    if stood > length:
        yield f"{screen_id(seen.before)} stands for {stood} microseconds, and timeouts.{name} is {length}"
    elif "state" in seen.dues and stood != length:
        yield f"{screen_id(seen.before)} was left after {stood} microseconds, and timeouts.{name} is {length}"


TIMEOUTS = (stands,)
