"""Which payment a screen speaks of: rows that are written with it may be of others, which are undone or forwarded behind it."""

from __future__ import annotations

from terminal_sim.bench import Profile
from terminal_sim.oracles.facts import SessionFacts
from terminal_sim.oracles.occurrence import Occurrence, SeenRow
from terminal_sim.oracles.states import PAYMENT_KINDS

_BEHIND = ("VOIDED", "FORWARD_SENT", "REVERSED")
"""The states that a payment comes to behind the screen of another, or behind none."""
_PAYING = ("sale", "charge", "moto", "manual-entry", "gift-card", "refund")


def payment_on_screen(facts: SessionFacts, seen: Occurrence) -> SeenRow | None:
    """The newest row that an occurrence wrote of the payment that it is about, None where it wrote none."""
    # A void that waited for its answer may have it while a payment is made.
    about = [kind for kind in PAYMENT_KINDS if kind != "void" or facts.flow not in _PAYING]
    own = [
        row
        for row in seen.rows
        if row.kind in about and row.text("state") not in _BEHIND and not facts.is_kept(row)
    ]
    return own[-1] if own else None


def payment_spoken_of(facts: SessionFacts, seen: Occurrence) -> SeenRow | None:
    """The newest row of the payment on the screen; of the newest payment that there was where this occurrence wrote none."""
    found = payment_on_screen(facts, seen) or facts.last
    if found is None:
        return None
    own = [row for row in seen.rows if row.text("reference") == found.text("reference")]
    return own[-1] if own else found


def language_at_the_end(facts: SessionFacts, seen: Occurrence) -> str:
    """The language of the cardholder whose payment has ended, "" where none has, or where nobody stands there: a void needs no card."""
    row = payment_on_screen(facts, seen)
    return row.text("language") if row is not None and row.kind != "void" else ""


def language_of_card(languages: tuple[str, ...], profile: Profile) -> str:
    """The first of a card's languages (ISO 639, best first) that the terminal speaks, as one of its locales; "" where it speaks none."""
    tags = (tag for language in languages for tag in profile.languages if tag.partition("-")[0] == language)
    return next(tags, "")
