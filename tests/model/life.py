"""The life of one payment as a small model: a terminal, its acquirer, the messages between them, and crashes of both at every point.

1. States, steps and kinds of messages are those of the code: `core.payment.STEPS` says which row may follow which, and the facts of a
   message kind what the books make of it.
2. A row is durable at once, in one step with what it is stored for; what follows it (`todo`) comes one effect at a time, and is forgotten where
   the power fails before.
3. A message that was sent may arrive at any time, in any order, twice or never; so may an answer. Nothing is fair but what `heals`.
4. `Rules` are the promises of design.md that the model keeps. Each can be broken, and something must then be found.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import NamedTuple

from terminal_sim.core.message import MessageKind
from terminal_sim.core.payment import STEPS, PaymentState

SALE, REVERSAL, VOID, ADVICE = MessageKind.SALE, MessageKind.REVERSAL, MessageKind.VOID, MessageKind.ADVICE
S = PaymentState
Effect = tuple[str, MessageKind | str]
Answer = tuple[MessageKind, bool]
_AGAIN: Effect = ("again", "")  # behind a message that may have left before
PAYMENT_STEPS, VOID_STEPS = frozenset(STEPS[SALE]), frozenset(STEPS[VOID])


@dataclass(frozen=True, slots=True)
class Rules:
    """What terminal and acquirer promise."""

    row_before_message: bool = True
    silence_is_doubt: bool = True
    boot_reverses: bool = True
    late_answers_are_ignored: bool = True
    reversals_leave_tombstones: bool = True
    repeats_are_answered: bool = True
    answers_are_durable: bool = True
    refused_reversals_are_kept: bool = True
    what_has_left_never_expires: bool = True
    card_may_refuse_with_a_reversal: bool = True
    void_goes_on: bool = True


class Life(NamedTuple):
    """Where a payment stands. Durable are its rows (`payment`, `void`), the key of stored card data, and the acquirer's books.

    `waits` is whether the flow waits for the answer to its request, `fresh` whether the void has just been asked for, `late` whether the
    deadline of a stored payment has passed. `sent` and `answers` are under way. `charges` counts how often the card paid, `undone` whether
    that was taken back, and `decided` has the answers that repeats get.
    """

    payment: PaymentState | None = None
    void: PaymentState | None = None
    key: bool = True
    on: bool = True
    todo: tuple[Effect, ...] = ()
    waits: bool = False
    fresh: bool = False
    late: bool = False
    told: str = ""
    link: bool = True
    sent: frozenset[MessageKind] = frozenset()
    bare: bool = False  # an advice under way without card data
    answers: frozenset[Answer] = frozenset()
    charges: int = 0
    undone: bool = False
    tombstone: bool = False
    decided: frozenset[Answer] = frozenset()


class BrokenStep(Exception):
    """The model took a step that the table of steps does not have."""


class Model:
    """The moves of a life under `rules`. `steps` are the steps of the table that were taken."""

    def __init__(self, rules: Rules = Rules()) -> None:
        self.rules = rules
        self.steps: set[tuple[MessageKind, PaymentState | None, PaymentState]] = set()

    def moves(self, life: Life) -> Iterator[tuple[str, Life]]:
        """Everything that can happen next, by name."""
        yield from self.heals(life)
        if life.on:
            yield "power fails", life._replace(on=False, todo=(), waits=False, fresh=False)
            if life.key:
                yield "tamper", self._tampered(life)
        yield "link changes", life._replace(link=not life.link)
        for kind in life.sent:
            yield f"{kind.value} is lost", life._replace(sent=life.sent - {kind})
        for answer in life.answers:
            yield "an answer is lost", life._replace(answers=life.answers - {answer})
        if not self.rules.answers_are_durable and life.decided:
            yield "acquirer restarts", life._replace(decided=frozenset())
        if life.payment in (S.PENDING, S.FORWARD_SENT) and not life.late:
            yield "deadline passes", life._replace(late=True)

    def heals(self, life: Life) -> Iterator[tuple[str, Life]]:
        """What goes on by itself where nothing fails any more."""
        if not life.link:
            yield "link is back", life._replace(link=True)
        yield from self._acquirer(life)
        if not life.on:
            yield "boot", self._booted(life)
        elif life.todo:
            yield from self._effect(life._replace(todo=life.todo[1:]), *life.todo[0])
        else:
            yield from self._terminal(life)

    # The terminal.

    def _terminal(self, life: Life) -> Iterator[tuple[str, Life]]:
        for answer in life.answers:
            yield from self._answered(life, *answer)
        if life.waits:
            if self.rules.silence_is_doubt:
                yield "time is up", self._reverse(life)
            else:
                yield "time is up", self._say(self._pay(life, S.DECLINED), "declined")
            return
        if life.payment is None and life.link:
            yield "request", self._request(life)
        if life.payment is None and not life.link:
            yield "store", self._say(self._pay(life, S.PENDING), "accepted")
        if life.payment is None:
            yield "refuse", self._say(self._pay(life, S.DECLINED), "declined")
        if life.payment is S.REVERSAL_PENDING:
            yield "reverse again", life._replace(todo=(("send", REVERSAL),))
        if life.void is S.REVERSAL_PENDING:
            yield "void again", life._replace(todo=(("send", VOID),), fresh=False)
        if life.payment is S.COMPLETED and life.void is None:
            yield "void", self._undo(life, S.REVERSAL_PENDING)._replace(todo=(("send", VOID),), fresh=True)
        if life.payment is S.PENDING and life.late:
            yield "expire", self._pay(life, S.EXPIRED)
        elif life.payment is S.PENDING and life.link:
            yield "forward", self._pay(life, S.FORWARD_SENT)._replace(todo=(("send", ADVICE),))
        if life.payment is S.FORWARD_SENT:
            if life.late and not self.rules.what_has_left_never_expires:
                yield "expire", life._replace(payment=S.EXPIRED)
            yield "forward again", life._replace(todo=(("send", ADVICE), _AGAIN))

    def _request(self, life: Life) -> Life:
        if not self.rules.row_before_message:
            return life._replace(todo=(("send", SALE), ("record", "")), waits=True)
        return self._pay(life, S.AUTH_SENT)._replace(todo=(("send", SALE),), waits=True)

    def _effect(self, life: Life, what: str, of: MessageKind | str) -> Iterator[tuple[str, Life]]:
        if what == "tell":
            yield f"tell {of}", life._replace(told=str(of))
        elif what == "record":
            yield "record", self._pay(life, S.AUTH_SENT)
        elif what == "send" and isinstance(of, MessageKind):
            again = life.todo[:1] == (_AGAIN,)
            rest = life._replace(todo=life.todo[1:] if again else life.todo)
            if of is ADVICE and not life.key and not again:
                yield "card data cannot be opened", self._pay(rest, S.LOST)
            elif life.link:
                yield (
                    f"send {of.value}",
                    rest._replace(sent=rest.sent | {of}, bare=rest.bare or (of is ADVICE and not life.key)),
                )
            else:
                yield from self._unreachable(rest, of)

    def _unreachable(self, life: Life, kind: MessageKind) -> Iterator[tuple[str, Life]]:
        if kind is SALE and life.waits:
            ended = life._replace(waits=False, todo=())
            yield "no connection", self._say(self._pay(ended, S.DECLINED), "declined")
            yield "no connection, and the card approves", self._say(self._pay(ended, S.PENDING), "accepted")
        elif kind is VOID and life.fresh:
            yield "no connection for the void", self._undo(life, S.DECLINED)._replace(fresh=False)
        else:
            yield "no connection", life

    def _answered(self, life: Life, kind: MessageKind, approved: bool) -> Iterator[tuple[str, Life]]:
        for left in (
            life._replace(answers=life.answers - {(kind, approved)}),
            life,
        ):  # the second comes again
            if kind is SALE and life.waits:
                done = left._replace(waits=False)
                if approved:
                    yield "approved", self._say(self._pay(done, S.COMPLETED), "approved")
                    if self.rules.card_may_refuse_with_a_reversal:
                        yield "approved, and the card refuses", self._reverse(done)
                    else:
                        yield (
                            "approved, and the card refuses",
                            self._say(self._pay(done, S.DECLINED), "declined"),
                        )
                else:
                    yield "declined", self._say(self._pay(done, S.DECLINED), "declined")
            elif (
                kind is SALE
                and approved
                and not self.rules.late_answers_are_ignored
                and life.payment is S.REVERSAL_PENDING
            ):
                yield "approved late", left._replace(payment=S.COMPLETED)
            elif kind is REVERSAL and life.payment is S.REVERSAL_PENDING:
                if approved or not self.rules.refused_reversals_are_kept:
                    yield "reversed", self._pay(left, S.REVERSED)
                else:
                    yield "the reversal is refused", left
            elif kind is VOID and life.void is S.REVERSAL_PENDING:
                if approved:
                    yield "voided", self._pay(self._undo(left, S.COMPLETED), S.VOIDED)
                else:
                    yield "the void is declined", self._undo(left, S.DECLINED)
            elif kind is ADVICE and life.payment is S.FORWARD_SENT:
                yield "forwarded", self._pay(left, S.COMPLETED if approved else S.DECLINED)
            else:
                yield "unexpected", left

    def _booted(self, life: Life) -> Life:
        booted = life._replace(on=True)
        if life.payment is S.AUTH_SENT and self.rules.boot_reverses:
            return self._pay(booted, S.REVERSAL_PENDING)._replace(todo=(("send", REVERSAL),))
        if life.payment is S.AUTH_SENT:
            return self._pay(booted, S.DECLINED)
        if life.void is S.REVERSAL_PENDING and not self.rules.void_goes_on:
            return self._undo(booted, S.DECLINED)
        return booted

    def _tampered(self, life: Life) -> Life:
        """The key goes, and with it what is stored; what was under way is given up, as at a power cut."""
        gone = life._replace(key=False, on=False, todo=(), waits=False, fresh=False)
        return self._pay(gone, S.LOST) if life.payment is S.PENDING else gone

    def _reverse(self, life: Life) -> Life:
        pending = self._pay(life._replace(waits=False), S.REVERSAL_PENDING)
        return pending._replace(todo=(("send", REVERSAL), ("tell", "declined")))

    def _say(self, life: Life, word: str) -> Life:
        return life._replace(todo=(*life.todo, ("tell", word)))

    def _pay(self, life: Life, state: PaymentState) -> Life:
        self._check(SALE, life.payment, state)
        return life._replace(payment=state)

    def _undo(self, life: Life, state: PaymentState) -> Life:
        self._check(VOID, life.void, state)
        return life._replace(void=state)

    def _check(self, kind: MessageKind, before: PaymentState | None, after: PaymentState) -> None:
        if (before, after) not in (VOID_STEPS if kind is VOID else PAYMENT_STEPS):
            raise BrokenStep(f"{kind.value}: {before} to {after}")
        self.steps.add((kind, before, after))

    # The acquirer.

    def _acquirer(self, life: Life) -> Iterator[tuple[str, Life]]:
        for kind in life.sent:
            for left in (life._replace(sent=life.sent - {kind}), life):  # the second comes again
                for approved, decided in self._decisions(left, kind):
                    yield (
                        f"{kind.value} is answered {approved}",
                        decided._replace(answers=decided.answers | {(kind, approved)}),
                    )

    def _decisions(self, life: Life, kind: MessageKind) -> Iterator[tuple[bool, Life]]:
        """What the acquirer may answer, each with the books as they are then; both are durable before the answer leaves."""
        known = [approved for of, approved in life.decided if of is kind]
        if known and self.rules.repeats_are_answered:
            yield known[0], life
        elif kind.moves_money or kind is ADVICE:
            yield False, self._decided(life, kind, approved=False)
            if not life.tombstone and not (kind is ADVICE and life.bare):
                yield True, self._decided(life._replace(charges=life.charges + 1), kind, approved=True)
        elif kind is VOID:
            if life.charges and not life.undone:
                yield True, self._decided(life._replace(undone=True), kind, approved=True)
            yield False, self._decided(life, kind, approved=False)
        else:
            yield False, life  # refused for now: it is judged anew
            buried = not life.charges and self.rules.reversals_leave_tombstones
            undone = life._replace(
                undone=life.undone or bool(life.charges), tombstone=life.tombstone or buried
            )
            yield True, self._decided(undone, kind, approved=True)

    def _decided(self, life: Life, kind: MessageKind, *, approved: bool) -> Life:
        return life._replace(decided=life.decided | {(kind, approved)})
