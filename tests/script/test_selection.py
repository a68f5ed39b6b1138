"""`-k` selects scenarios by words of their names and by tags."""

from __future__ import annotations

import pytest

from terminal_sim.script.selection import exactly, selection
from terminal_sim.verbs.waiting import BadScript

NAMES = ("MOTO payment [card=visa]", "MOTO payment")
TAGS = ("@moto", "@negative")


@pytest.mark.parametrize(
    ("expression", "held"),
    [
        ("moto", True),
        ("Payment", True),
        ("void", False),
        ("@moto", True),
        ("@mot", False),
        ("not @negative", False),
        ("payment and @moto", True),
        ("void or @negative", True),
        ("void or moto and not @negative", False),
        ("(void or moto) and @negative", True),
        ('"MOTO payment"', True),
        ('"MOTO"', False),
        ('"MOTO payment [card=visa]"', True),
    ],
)
def test_an_expression_selects(expression: str, held: bool) -> None:
    assert selection(expression)(NAMES, TAGS) is held


@pytest.mark.parametrize("expression", ["moto and", "(moto", "and", "not", '"open', "moto void"])
def test_a_broken_expression_is_named(expression: str) -> None:
    with pytest.raises(BadScript, match="cannot be read"):
        selection(expression)


@pytest.mark.parametrize("name", ["A", 'with "marks"', "back\\slash", "Approuvé, 10,00 $"])
def test_exactly_selects_one_name_alone(name: str) -> None:
    only = selection(exactly(name))
    assert only((name,), ())
    assert not only((name + "x",), ())


def test_an_expression_has_a_length() -> None:
    selection("not " * 200 + "a")
    with pytest.raises(BadScript, match="at most 1,000 characters"):
        selection("not " * 5_000 + "a")
