"""The life of a payment, checked exhaustively: each order of steps, losses, repeats and crashes keeps the invariants and can come to an end."""

from __future__ import annotations

from dataclasses import fields

import pytest

from terminal_sim.core.payment import STEPS
from tests.model.checking import check
from tests.model.life import SALE, VOID, Model, Rules
from tests.proof import ProofCount

FOUND = {
    "row_before_message": "W2",
    "silence_is_doubt": "M10",
    "boot_reverses": "M10",
    "late_answers_are_ignored": "U1",
    "reversals_leave_tombstones": "M10",
    "repeats_are_answered": "M1",
    "answers_are_durable": "M1",
    "refused_reversals_are_kept": "M10",
    "what_has_left_never_expires": "M10",
    "card_may_refuse_with_a_reversal": "M10",
    "void_goes_on": "M4",
}
"""The invariant that is found broken where a rule is."""


def test_every_order_of_steps_losses_and_crashes_keeps_the_invariants(proof: ProofCount) -> None:
    found = check(Model())
    proof(states=found.states)
    assert (found.broken, found.way) == ("", [])
    assert found.states > 10_000


def test_the_model_takes_each_step_that_the_table_of_steps_has() -> None:
    model = Model()
    check(model)
    table = {(kind, *step) for kind in (SALE, VOID) for step in STEPS[kind]}
    assert model.steps == table


def test_each_rule_has_its_mistake() -> None:
    assert FOUND.keys() == {field.name for field in fields(Rules)}


@pytest.mark.parametrize("rule", FOUND)
def test_a_broken_rule_breaks_an_invariant(rule: str, proof: ProofCount) -> None:
    found = check(Model(Rules(**{rule: False})))
    assert found.broken.startswith(f"{FOUND[rule]} "), (found.broken, found.way)
    assert 1 < len(found.way) < 15
    proof(planted=1)
