"""Neutral errands: what a person begins between two customers and gives up again, so that nothing that follows may be another for it.

An errand that passes a passcode is none: it sets the count of wrong ones back. None lets virtual time pass, so that no deadline shifts. A boot is none where
there is a floor limit: the log of what a card paid, which counts for it, has card numbers and so is kept in memory alone.
"""

from __future__ import annotations

from collections.abc import Mapping

from terminal_sim.bench import Profile
from terminal_sim.explore.search.act import PRESS, TAP, Act
from terminal_sim.explore.search.ground import ExploredSession
from terminal_sim.oracles.states import UNRESOLVED
from terminal_sim.profile import kernel_file

Errand = tuple[Act, ...]
ALSO = "also"
"""The first word of an act that only the changed one of two sessions does: the name of an errand stands behind it."""

_STANDING = (
    "tamper",
    "printer-jam",
    "reader-link",
    "app",
)  # faults that do not count acts, frames or commands


def neutral_errands(profile: Profile) -> Mapping[str, Errand]:
    """The errands of a terminal of this profile by their names, each from the home screen and back."""
    found: dict[str, Errand] = {
        "link-lost-and-back": (("network", "down"), ("network", "up")),
    }
    if not kernel_file(profile.kernel).has_floor_limit:
        found["reboot"] = (("power", "cut"), ("power", "on"))
    start: Errand | None = () if profile.home.style == "tabs" else None
    for entry in profile.home.entries:
        if entry.flow == "sale" and start is None:
            start = ((TAP, entry.id),)
        if entry.flow in ("transactions", "history"):
            found["look-at-the-list"] = (
                (TAP, entry.id),
                (TAP, "home") if profile.home.style == "tabs" else (PRESS, "CANCEL"),
            )
    if start is not None:
        begun: Errand = (*start, (PRESS, "1250", "OK"))
        given_up: Errand = ((PRESS, "CANCEL"), (PRESS, "OK"))
        found["cancelled-sale"] = (*begun, *given_up)
        if profile.checkout is not None and profile.checkout.manual_entry:
            found["cancelled-entry"] = (*begun, (TAP, "manual-entry"), (PRESS, "4"), *given_up)
    for name, menu in profile.menus.items():
        way = next(((TAP, one.id) for one in profile.home.entries if one.menu == name), None)
        listed = next((one.id for one in menu.entries if one.flow == "history"), "")
        if way is not None and listed and not menu.passcode:
            found["look-at-the-list"] = (way, (TAP, listed), (PRESS, "CANCEL"), (PRESS, "CANCEL"))
    return found


def is_repeatable(act: Act) -> bool:
    """Whether an act does the same wherever other acts are put in before it: a fault that counts strikes elsewhere then."""
    return act[0] != "tear" and not (act[0] == "fault" and act[1] not in _STANDING)


def is_idle(session: ExploredSession) -> bool:
    """Whether the terminal stands between two customers: at home alone, with nothing typed, no complaint, no card, no outage, and no payment or batch that waits or is in doubt."""
    terminal, facts = session.terminal, session.watch.facts
    if not terminal.is_on or terminal.conditions() or terminal.card_in_slot or facts.outage is not None:
        return False
    if not terminal.takes_standalone:
        return False  # a sale that is begun ends at a notice, and is given up in another way
    view = terminal.view()
    if view.screen.id != "home" or len(terminal.running_flows) != 1 or facts.waiting:
        return False
    field = view.screen.input
    typed = field is not None and bool(field.value if isinstance(field.value, str) else field.value.minor)
    complains = bool(view.complaints)
    doubtful = any(rows[-1].text("state") in UNRESOLVED for rows in facts.payments.values())
    answered = len(facts.received) >= len(facts.sent)
    return not (typed or complains or doubtful) and answered and facts.unsettled is None
