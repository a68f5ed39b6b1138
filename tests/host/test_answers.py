"""The words of `host answers`, both ways: what each means, and what is no word."""

from __future__ import annotations

import pytest

from terminal_sim.core.moment import Duration
from terminal_sim.host.answers import AnswerFate, ScriptedAnswer


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("approved", ScriptedAnswer(code="00")),
        ("declined", ScriptedAnswer(code="05")),
        ("declined:51", ScriptedAnswer(code="51")),
        ("declined:N7", ScriptedAnswer(code="N7")),
        ("partial:500", ScriptedAnswer(code="10", partial=500)),
        ("timeout", ScriptedAnswer(fate=AnswerFate.LOST)),
        ("garbage", ScriptedAnswer(fate=AnswerFate.GARBLED)),
        ("late:2min", ScriptedAnswer(late=Duration.parse("120s"))),
    ],
)
def test_each_word_has_its_meaning(text: str, meant: ScriptedAnswer) -> None:
    assert ScriptedAnswer.parse(text) == meant


@pytest.mark.parametrize(
    "text",
    [
        "",
        "aproved",
        "declined:",
        "declined:5",
        "declined:00",
        "declined:10",
        "declined:٥١",
        "partial:",
        "partial:0",
        "partial:-5",
        "partial:5_0",
        "partial:9999999999999",
        "late",
        "late:30",
        "timeout:30s",
        "approved:00",
    ],
)
def test_anything_else_is_refused_and_named(text: str) -> None:
    with pytest.raises(ValueError, match=r"write|has a response code|has an amount") as refused:
        ScriptedAnswer.parse(text)
    assert repr(text.partition("late:")[2] or text) in str(refused.value)
