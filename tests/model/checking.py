"""Checks a model of a payment's life exhaustively: each state that can be reached, and from each of them the way to an end."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field

from terminal_sim.core.payment import PaymentState
from tests.model.life import ADVICE, REVERSAL, SALE, VOID, BrokenStep, Life, Model

S = PaymentState
UNCHARGED = (S.DECLINED, S.REVERSED, S.VOIDED, S.EXPIRED, S.LOST, S.PENDING)
ENDED = (S.COMPLETED, S.DECLINED, S.REVERSED, S.VOIDED, S.EXPIRED, S.LOST)


@dataclass(slots=True)
class Checked:
    """What a check has found: how many states there are, and for the first broken invariant its sentence and the way there."""

    states: int = 0
    broken: str = ""
    way: list[str] = field(default_factory=list)


def broken(life: Life) -> str:
    """The invariant that does not hold here, "" where all do."""
    left = life.charges - life.undone
    if life.charges > 1:
        return "M1 a payment was charged more than once"
    if left and life.payment is None:
        return "M2 the host charged what the terminal does not know"
    if left and life.payment in UNCHARGED and life.void is not S.REVERSAL_PENDING:
        return f"M10 a payment is {life.payment.value} and charged" if life.payment else ""
    if not left and life.payment is S.COMPLETED and life.void is not S.REVERSAL_PENDING:
        return "M4 a completed payment was not charged"
    if life.told == "approved" and life.payment not in (S.COMPLETED, S.VOIDED):
        return "U2 a person was told approved"
    if life.told == "declined" and life.payment is S.COMPLETED:
        return "U1 a person was told declined"
    justified = {
        SALE: life.payment is not None,
        REVERSAL: life.payment in (S.REVERSAL_PENDING, S.REVERSED),
        VOID: life.void is not None,
        ADVICE: life.payment in (S.FORWARD_SENT, S.COMPLETED, S.DECLINED, S.VOIDED, S.EXPIRED),
    }
    unjustified = [kind.value for kind in life.sent if not justified[kind]]
    return f"W2 a message left without its row: {unjustified[0]}" if unjustified else ""


def has_ended(life: Life) -> bool:
    """Whether nothing is in doubt, and nothing is to be done."""
    return (
        life.on
        and not life.todo
        and not life.waits
        and life.payment in ENDED
        and life.void is not S.REVERSAL_PENDING
    )


def check(model: Model) -> Checked:
    """Visits every state, in breadth first, so that the way to the first fault is the shortest."""
    first, found = Life(), Checked()
    came_from: dict[Life, tuple[Life, str] | None] = {first: None}
    healed_from: defaultdict[Life, list[Life]] = defaultdict(list)
    layer = [first]
    while layer and not found.broken:
        following: list[Life] = []
        for life in layer:
            try:
                nexts = list(model.moves(life))
                for _, after in model.heals(life):
                    healed_from[after].append(life)
            except BrokenStep as step:
                return _told(found, came_from, life, f"S1 a step that does not exist: {step}")
            for name, after in nexts:
                if after not in came_from:
                    came_from[after] = life, name
                    following.append(after)
                    if wrong := broken(after):
                        return _told(found, came_from, after, wrong)
        layer = following
    found.states = len(came_from)
    stuck = came_from.keys() - _reaching_an_end(list(came_from), healed_from)
    if stuck:
        return _told(
            found,
            came_from,
            next(life for life in came_from if life in stuck),
            "L1 it can never come to an end",
        )
    return found


def _reaching_an_end(lives: list[Life], healed_from: defaultdict[Life, list[Life]]) -> set[Life]:
    """The states from which a state that has ended can be reached where nothing fails any more."""
    reached = {life for life in lives if has_ended(life)}
    ahead = list(reached)
    while ahead:
        for before in healed_from[ahead.pop()]:
            if before not in reached:
                reached.add(before)
                ahead.append(before)
    return reached


def _told(found: Checked, came_from: dict[Life, tuple[Life, str] | None], life: Life, wrong: str) -> Checked:
    found.states, found.broken = len(came_from), wrong
    step = came_from[life]
    while step is not None:
        before, name = step
        found.way.insert(0, name)
        step = came_from[before]
    return found
