"""Reasons as short text: what is written is told again in words, with rule, paragraph and bits."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from terminal_sim.emv.data import bits, tags
from terminal_sim.emv.data.reasons import rules, told, written
from terminal_sim.emv.talk.rules import Reason, Rule

ONE = st.builds(
    lambda rule, bit, detail: Reason(rule, bit.tag if bit else 0, (bit.name,) if bit else (), detail),
    st.sampled_from(Rule),
    st.none() | st.sampled_from(bits.BITS),
    st.text(st.characters(codec="utf-8")),
)


@given(st.lists(ONE))
def test_every_reason_is_told_by_its_rule_and_its_bits(reasons: list[Reason]) -> None:
    text = written(reasons)
    assert list(rules(text)) == [reason.rule.value for reason in reasons]
    for reason, sentence in zip(reasons, told(text), strict=True):
        assert sentence.startswith((reason.rule.sentence, reason.detail or "?"))
        assert f"{reason.detail} ({reason.rule.value}, {reason.rule.paragraph})" in sentence
        assert all(f'"{name}"' in sentence for name in reason.bits)


def test_bits_of_one_reason_stand_together() -> None:
    said = (
        Reason(Rule.TAA_DENIAL, tags.TVR, ("cardholder verification was not successful", "PIN not entered")),
        Reason(Rule.CARD_ERROR, detail="READ RECORD 1 of file 2: 6A83 record not found"),
        Reason(Rule.ISSUER_DECLINED, detail="declined by the issuer (05)"),
    )
    assert written(said) == (
        "taa.denial@95.3.8+3.4 card.error:READ%20RECORD%201%20of%20file%202%3A%206A83%20record%20not%20found "
        "issuer.declined:declined%20by%20the%20issuer%20(05)"
    )
    assert list(told(written(said))) == [
        (
            "the denial codes meet the verification results (taa.denial, B3 10.7): Terminal Verification Results (95): "
            '"cardholder verification was not successful" (byte 3, bit 8), "PIN not entered" (byte 3, bit 4)'
        ),
        "the card broke a rule of its conversation: READ RECORD 1 of file 2: 6A83 record not found (card.error, B3 7.5)",
        "declined by the issuer (05) (issuer.declined, B3 10.9)",
    ]


@pytest.mark.parametrize(
    "text", ["rule.of-tomorrow", "rule.of-tomorrow@95.9.9", "taa.denial@XYZ", "taa.denial@"]
)
def test_what_another_version_wrote_is_told_as_far_as_it_is_known(text: str) -> None:
    assert len(list(told(text))) == 1


def test_nothing_is_told_of_no_reason() -> None:
    assert written(()) == ""
    assert list(told("")) == []
