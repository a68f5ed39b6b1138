"""Rules of leaving: who signs out, resets or opens a terminal loses what waits to be forwarded, and is told so."""

from __future__ import annotations

from collections.abc import Iterator

from terminal_sim.bench import contents
from terminal_sim.oracles.facts import SessionFacts
from terminal_sim.oracles.occurrence import Occurrence, digits, screen_id, text_of
from terminal_sim.oracles.oracle import oracle

_LEAVING = ("sign-out", "switch-pos", "factory-reset", "delete-app")
_OUT = ("signed-out", "tampered", "app-closed", "off", "out-of-service", "checking-last")


@oracle(
    "R-end-3",
    "who leaves loses what waits to be forwarded, and nothing else stays behind",
    contents.RowStored,
)
def lost(facts: SessionFacts, seen: Occurrence) -> Iterator[str]:
    left = [
        row
        for row in seen.rows
        if row.kind == "tamper" or (row.kind == "account" and row.text("act") in _LEAVING)
    ]
    if not left:
        return
    gone = {
        row.text("reference")
        for row in seen.rows
        if row.kind in ("offline.lost", "offline.expired", "offline.sent")
    }
    for row in facts.unsent:
        if row.text("reference") not in gone:
            yield f"{left[0].text('act') or 'the housing was opened'}, and {row.text('reference')} still waits"


@oracle(
    "R-end-4",
    "the warning before leaving says how many payments will be lost, and what they come to",
    contents.ScreenShown,
    shows=_LEAVING,
    anew=True,
)
def warned(facts: SessionFacts, seen: Occurrence) -> Iterator[str]:
    if seen.came_to not in _LEAVING:
        return
    unsent, said = facts.unsent, text_of(seen.after, "pending-will-be-lost")
    total = sum(row.number("amount") for row in unsent)
    if bool(said) != bool(unsent):
        yield f"{said or 'nothing'!r} stands there, and {len(unsent)} payments wait"
    elif said and digits(said) != f"{len(unsent)}{total:03d}":
        yield f"{said!r}, and {len(unsent)} payments of {total} wait"


@oracle(
    "R-end-5", "a terminal that is signed out shows it, and one that is not does not", contents.ScreenShown
)
def shown(facts: SessionFacts, seen: Occurrence) -> Iterator[str]:
    if facts.is_tampered:
        return
    acts = [row.text("act") for row in seen.rows if row.kind == "account"]
    signed_in = acts[-1] in ("sign-in", "switch-pos") if acts else facts.signed_in
    screen = screen_id(seen.after)
    if not signed_in and screen not in _OUT:
        yield f"it is signed out, and shows {screen}"
    if signed_in and screen == "signed-out":
        yield "it is signed in, and shows that it is signed out"


@oracle(
    "R-end-7",
    "who signs in, or goes on with another point of sale, is at the home screen",
    contents.RowStored,
)
def at_home(_: SessionFacts, seen: Occurrence) -> Iterator[str]:
    acts = [row.text("act") for row in seen.rows if row.kind == "account"]
    comes = acts[-1:] in (["sign-in"], ["switch-pos"]) and seen.key == "OK" and seen.is_on
    if comes and screen_id(seen.after) not in ("home", *_OUT):
        yield f"{acts[-1]} was confirmed, and {screen_id(seen.after)} stands there"


@oracle(
    "R-end-8",
    "what is lost at once is on record with how many payments it is, and what they come to",
    contents.RowStored,
)
def summed(_: SessionFacts, seen: Occurrence) -> Iterator[str]:
    gone = [row for row in seen.rows if row.kind == "offline.lost" and row.text("reason") != "card-data"]
    total = sum(row.number("amount") for row in gone)
    for row in gone:
        if (row.number("payments"), row.number("sum")) != (len(gone), total):
            yield f"{row.number('payments')} payments of {row.number('sum')} are on record, and {len(gone)} of {total} were lost"


@oracle(
    "R-end-9",
    "who confirms that they leave, or signs in, has it on record",
    contents.KeyPress,
    contents.Touch,
    left=(*_LEAVING, "signed-out"),
)
def on_record(_: SessionFacts, seen: Occurrence) -> Iterator[str]:
    if seen.key != "OK" or seen.ignored or not seen.is_on:
        return
    screen = screen_id(seen.before)
    wanted = "sign-in" if screen == "signed-out" else screen
    if not any(row.kind == "account" and row.text("act") == wanted for row in seen.rows):
        yield f"{screen} was confirmed, and no row says so"


ACCOUNTS = (lost, warned, shown, at_home, summed, on_record)
