"""Rules of lists: the payments in their order, with their own amounts; what is picked is what shows next; sums come to what they sum."""

from __future__ import annotations

from collections.abc import Iterator

from terminal_sim.bench import Role, contents
from terminal_sim.oracles.beginning import why_not
from terminal_sim.oracles.facts import SessionFacts
from terminal_sim.oracles.occurrence import Occurrence, SeenRow, digits, has, ids, screen_id, text_of
from terminal_sim.oracles.oracle import oracle
from terminal_sim.oracles.states import FILTERS, GIVES_BACK, PAYMENT_KINDS

LISTS_OF = ("history", "transactions")
_ROW = "txn-"


def newest_rows(facts: SessionFacts, seen: Occurrence) -> dict[str, SeenRow]:
    """The newest row of each payment, oldest payment first, those of this occurrence among them."""
    found = {name: rows[-1] for name, rows in facts.payments.items()}
    found.update({row.text("reference"): row for row in seen.rows if row.kind in PAYMENT_KINDS})
    return found


def listed(facts: SessionFacts, seen: Occurrence) -> list[SeenRow]:
    """The payments that a list shows now, newest first."""
    chosen = facts.filter
    if screen_id(seen.before) == "filter" and seen.target in (*FILTERS, "all"):
        chosen = seen.target
    elif seen.target in ids(seen.before, Role.TAB):
        chosen = ""
    return facts.let_through(list(newest_rows(facts, seen).values()), chosen)


@oracle(
    "R-list-1",
    "a list has the payments newest first, each with its time, amount and card, and its day where that is another",
    contents.ScreenShown,
    shows=LISTS_OF,
)
def order(facts: SessionFacts, seen: Occurrence) -> Iterator[str]:
    if seen.after is None or screen_id(seen.after) not in LISTS_OF:
        return
    wanted = listed(facts, seen)
    shown = [one for one in seen.after.unplaced if one.id.startswith(_ROW)]
    if has(seen.after, "no-transactions") == bool(wanted):
        yield f"there are {len(wanted)} payments, and the list {'says' if wanted else 'does not say'} that there are none"
    if bool(shown) != bool(wanted):
        yield f"{len(shown)} payments are shown of {len(wanted)}"
    last = int(shown[-1].id.removeprefix(_ROW)) if shown else 0
    if shown and last < len(wanted) and not has(seen.after, "older"):
        yield f"it ends with row {last}, and there are {len(wanted)} payments"
    if shown and last >= len(wanted) and has(seen.after, "older"):
        yield f"it ends with the last of {len(wanted)} payments, and older ones are offered"
    today = facts.civil_at(seen.shown_at).date().isoformat()
    for one in shown:
        number = int(one.id.removeprefix(_ROW))
        if number > len(wanted):
            yield f"{one.id} is shown, and there are {len(wanted)} payments"
            continue
        row = wanted[number - 1]
        if not says(one.text, row):
            yield f"{one.id} reads {one.text!r}, and is {row.text('reference')} of {row.number('amount')} with {row.text('pan')[-4:]} at {row.text('at')}"
        day = row.text("at")[:10]
        said, wanted_day = (
            digits(one.wording.removeprefix(one.text)),
            f"{int(day[8:])}" if day != today else "",
        )
        if said != wanted_day:
            yield f"{one.id} is of {day}, it is {today}, and the row says {one.wording!r}"


def says(text: str, row: SeenRow) -> bool:
    """Whether a line of a list is of this payment: its time, its amount in minor units, the last four digits of its card."""
    clock = row.text("at").replace("T", " ").partition(" ")[2]
    said = digits(text)
    return said.endswith(f"{row.number('amount')}{row.text('pan')[-4:]}") and digits(clock)[2:6] in said


@oracle(
    "R-list-2",
    "the payment that is picked is the one that is shown",
    contents.Touch,
    left=LISTS_OF,
    shows=("transaction",),
)
def picked(_: SessionFacts, seen: Occurrence) -> Iterator[str]:
    if (
        not seen.target.startswith(_ROW)
        or screen_id(seen.before) not in LISTS_OF
        or screen_id(seen.after) != "transaction"
    ):
        return
    touched = text_of(seen.before, seen.target)
    lines = [one.wording for one in seen.after.unplaced] if seen.after is not None else []
    summary = (
        next((one.text for one in seen.before.unplaced if one.id == seen.target), "")
        if seen.before is not None
        else ""
    )
    if summary not in lines:
        yield f"{touched!r} was touched, and the screen shows {' / '.join(lines[:3])!r}"


@oracle(
    "R-list-3",
    "the sums of what waits, was declined, expired or was lost come to what they sum",
    contents.ScreenShown,
    shows=("transactions", "filter"),
)
def sums(facts: SessionFacts, seen: Occurrence) -> Iterator[str]:
    if screen_id(seen.after) not in ("transactions", "filter"):
        return
    newest = newest_rows(facts, seen)
    for name, states in FILTERS.items():
        said = text_of(seen.after, f"sum-{name}" if screen_id(seen.after) == "transactions" else name)
        rows = [row for row in newest.values() if row.text("state") in states and row.kind not in GIVES_BACK]
        if name == "declined" and screen_id(seen.after) == "transactions":
            later = {
                row.text("reference") for row in (*facts.rows, *seen.rows) if row.kind == "offline.declined"
            }
            rows = [row for row in rows if row.text("reference") in later]
        total = sum(row.number("amount") for row in rows)
        wanted = f"{len(rows)}{total:03d}"
        if said and digits(said) != wanted:
            yield f"{said!r}, and {len(rows)} payments come to {total}"
        elif not said and rows and name != "completed" and screen_id(seen.after) == "transactions":
            yield f"{len(rows)} payments are {name}, and the list does not sum them"


@oracle(
    "R-list-4",
    "what stands on a transaction is its newest state, and a void is offered where one can be made",
    contents.ScreenShown,
    contents.RowStored,
    shows=("transaction",),
)
def transaction(facts: SessionFacts, seen: Occurrence) -> Iterator[str]:
    if screen_id(seen.after) != "transaction":
        return
    picked_now = picked_reference(facts, seen)
    row = newest_rows(facts, seen).get(picked_now)
    if row is None:
        return
    state = row.text("state")
    shown = {"AUTH_SENT": "sent", "FORWARD_SENT": "pending"}.get(state, state.lower().replace("_", "-"))
    if not has(seen.after, shown):
        yield f"{picked_now} is {state}, and the screen does not say {shown}"
    asked, paid, left = row.number("requested"), row.number("amount"), text_of(seen.after, "partly-approved")
    wanted = f"{asked:03d}{asked - paid:03d}" if state == "COMPLETED" and asked not in (0, paid) else ""
    if digits(left) != wanted:
        yield f"{paid} of {asked} was approved, and the screen says {left or 'nothing'!r} of the rest"
    brand, last4 = row.text("brand").replace("-", " ").upper(), row.text("pan")[-4:]
    lines = [one.wording for one in seen.after.unplaced] if seen.after is not None else []
    if not any(line.endswith(last4) and brand in line for line in lines if not line[:1].isdigit()):
        yield f"it does not show that the card is {brand} {last4}"
    if has(seen.after, "void") and not facts.profile.refunds.void:
        yield "a void is offered, and the profile has none"
    if (
        state == "COMPLETED"
        and row.kind in ("sale", "moto")
        and facts.profile.refunds.void
        and not has(seen.after, "void")
    ):
        yield f"{picked_now} is completed, and no void is offered"


def picked_reference(facts: SessionFacts, seen: Occurrence) -> str:
    """The payment that is picked in the history now."""
    if seen.target.startswith(_ROW) and screen_id(seen.before) in LISTS_OF:
        wanted = listed(facts, seen)
        number = int(seen.target.removeprefix(_ROW))
        return wanted[number - 1].text("reference") if number <= len(wanted) else ""
    return facts.picked


@oracle(
    "R-void-1",
    "a void is of the payment that was picked, with its present amount, and of one that is completed and has no void yet",
    contents.RowStored,
)
def void(facts: SessionFacts, seen: Occurrence) -> Iterator[str]:
    for row in seen.rows:
        if row.kind != "void" or row.text("reference") in facts.payments:
            continue
        original = row.text("original")
        if original not in facts.payments:
            yield f"{row.text('reference')} names {original or 'nothing'}"
            continue
        now = facts.newest(original)
        if now.text("state") != "COMPLETED" or now.kind not in ("sale", "moto"):
            yield f"{original} is a {now.kind} and {now.text('state')}, and a void of it was begun"
        if any(
            rows[0].kind == "void"
            and rows[0].text("original") == original
            and rows[-1].text("state") != "DECLINED"
            for rows in facts.payments.values()
        ):
            yield f"a void of {original} was begun, and one was before that nobody has declined"
        if row.number("amount") != now.number("amount"):
            yield f"the void is for {row.number('amount')}, and {original} is for {now.number('amount')}"
        if not row.text("request") and facts.picked and original != facts.picked:
            yield f"{original} was voided, and {facts.picked} was picked"
        against = why_not(facts.profile, seen.around)
        by_till = seen.line.startswith("pos refund") and against == "battery-critical"
        if against and (seen.target == "void" or by_till):
            yield f"a void of {original} was begun in spite of {against}"


@oracle("R-void-2", "a payment whose void is completed is voided, and no other is", contents.RowStored)
def voided(_: SessionFacts, seen: Occurrence) -> Iterator[str]:
    done = {
        row.text("original") for row in seen.rows if row.kind == "void" and row.text("state") == "COMPLETED"
    }
    marked = {
        row.text("reference")
        for row in seen.rows
        if row.kind in ("sale", "moto", "refund") and row.text("state") == "VOIDED"
    }
    if done != marked:
        yield f"voids of {', '.join(sorted(done)) or 'nothing'} are completed, and {', '.join(sorted(marked)) or 'nothing'} is marked as voided"


LISTS = (order, picked, sums, transaction, void, voided)
