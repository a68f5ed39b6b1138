"""Acts that are simpler to read than another one of the same kind, and shorter lists that do the same by other acts."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import pairwise

from terminal_sim.bench import Duration
from terminal_sim.explore.search.act import FAULTS, PRESENTING, PRESS, TAP, WAIT, Act, is_digits

_UNITS = tuple(map(Duration.parse, ("1d", "1h", "1min", "1s")))
_PLAINEST = {"insert": "visa-credit", "tap-card": "visa-credit", "swipe": "visa-stripe"}
_FIRST_TICKET = "T-1"
_SALE: tuple[Act, ...] = (("pos", "sale", _FIRST_TICKET, "1000"), ("swipe", _PLAINEST["swipe"]))
_BY_HAND = 2  # acts that lead to a card on a terminal itself, which is easier to read than a ticket
_REFUND: Act = ("pos", "refund", _FIRST_TICKET)


def simpler_acts(act: Act) -> Iterator[Act]:
    """Acts of the same kind that are simpler to read, the simplest first; a wait is only made longer, so that what was due is due all the same."""
    if act[0] in PRESENTING and act[1] != _PLAINEST[act[0]]:
        yield (act[0], _PLAINEST[act[0]])
    elif act[0] == PRESS:
        for at, word in enumerate(act[1:], 1):
            if is_digits(word) and len(word) > 1:
                for short in ("1", "1000"):
                    if len(short) < len(word) or (short == "1000" and len(word) == 4 and word != short):
                        yield (*act[:at], short, *act[at + 1 :])
    elif act[:2] == ("host", "answers") and len(act) > 3:
        yield act[:3]
    elif act[0] == "pos" and act[2] != _FIRST_TICKET:
        yield (*act[:2], _FIRST_TICKET, *act[3:])
    elif act[0] == WAIT:
        length = Duration.parse(act[1])
        for unit in _UNITS:
            whole = Duration(-(-length // unit) * unit)
            if whole != length and len(str(whole)) < len(act[1]):
                yield (WAIT, str(whole))


def shorter_lists(acts: Sequence[Act]) -> Iterator[list[Act]]:
    """Lists in which two waits are one, a point of sale asks for all payments, or it takes one back to which the menus of the terminal led."""
    for at, (one, next_one) in enumerate(pairwise(acts)):
        if one[0] == next_one[0] == WAIT:
            whole = Duration(Duration.parse(one[1]) + Duration.parse(next_one[1]))
            yield [*acts[:at], (WAIT, str(whole)), *acts[at + 2 :]]
    presented = [at for at, act in enumerate(acts) if act[0] in PRESENTING]
    if presented and presented[0] > _BY_HAND:
        yield [_SALE[0], *acts[presented[0] :]]
    if len(presented) > 1:
        sales: list[Act] = []
        for number, at in enumerate(presented, 1):
            verb, card, *_ = acts[at]
            by = "swipe" if verb == "swipe" else "tap-card"  # neither leaves the card in the slot
            sales += (("pos", "sale", f"T-{number}", "1000"), (by, card), (WAIT, "2s"))
        yield [*sales, *acts[presented[-1] + 1 :]]
    for void in (at for at, act in enumerate(acts) if act == (TAP, "void")):
        for led_from in range(1, void):
            paid = next((at for at in range(led_from)[::-1] if acts[at][0] in PRESENTING), None)
            if paid is None:
                continue
            of_till = any(act[:2] == _SALE[0][:2] for act in acts[:paid])
            sale = acts[: paid + 1] if of_till else _SALE
            wrong = [act for act in acts[led_from:void] if act[0] in FAULTS]
            yield [*sale, *acts[paid + 1 : led_from], *wrong, _REFUND, *acts[void + 1 :]]
