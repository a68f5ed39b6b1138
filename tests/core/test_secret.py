"""A `Secret` shows nothing, goes into no file, and compares by value; a masked number keeps its middle to itself."""

from __future__ import annotations

import copy
import json
import logging
import pickle
from dataclasses import asdict, dataclass, replace

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from terminal_sim.secret import Secret, mask_pan

PAN = "5555444433331111"


@dataclass(frozen=True)
class Holder:
    name: str
    pan: Secret[str]


def shown(secret: Secret[str] | Secret[bytes]) -> list[str]:
    """Every way to turn a value into text."""
    return [
        repr(secret),
        str(secret),
        f"{secret}",
        f"{secret!r}",
        f"{secret!s}",
        f"{secret:>40}",
        "%s" % secret,  # noqa: UP031 - the point
        "%r" % secret,  # noqa: UP031 - the point
        "{}".format(secret),  # noqa: UP032 - the point
        format(secret, "s"),
        ascii(secret),
        repr([secret]),
        repr({"pan": secret}),
        repr(Holder("x", secret)),  # type: ignore[arg-type]
        str(vars(Holder("x", secret))),  # type: ignore[arg-type]
        repr(asdict(Holder("x", secret))),  # type: ignore[arg-type]
    ]


@pytest.mark.parametrize("value", [PAN, PAN.encode(), "1", ""])
def test_no_text_that_is_made_of_it_holds_it(value: str) -> None:
    texts = shown(Secret(value))
    assert all("***" in text for text in texts)
    assert not value or not any(str(value) in text for text in texts)


@given(st.text(alphabet="0123456789", min_size=4, max_size=19))
def test_two_secrets_look_the_same(value: str) -> None:
    assert shown(Secret(value)) == shown(Secret("1234"))


def test_a_log_line_does_not_hold_it(caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.INFO):
        logging.getLogger("test").info("card %s and %r", Secret(PAN), Secret(PAN))
    assert PAN not in caplog.text
    assert "***" in caplog.text


def test_an_exception_that_carries_it_does_not_hold_it() -> None:
    assert PAN not in repr(ValueError("wrong", Secret(PAN)))
    assert PAN not in str(KeyError(Secret(PAN)))


@pytest.mark.parametrize("protocol", range(pickle.HIGHEST_PROTOCOL + 1))
def test_it_is_not_pickled(protocol: int) -> None:
    with pytest.raises(TypeError, match="not serialised"):
        pickle.dumps(Secret(PAN), protocol)
    with pytest.raises(TypeError, match="not serialised"):
        pickle.dumps([Holder("x", Secret(PAN))], protocol)


def test_it_is_no_json() -> None:
    with pytest.raises(TypeError):
        json.dumps({"pan": Secret(PAN)})
    with pytest.raises(TypeError):
        msgspec.json.encode({"pan": Secret(PAN)})
    assert PAN not in json.dumps({"pan": Secret(PAN)}, default=str)


def test_a_shallow_copy_is_refused_and_a_deep_one_is_itself() -> None:
    secret = Secret(PAN)
    with pytest.raises(TypeError):
        copy.copy(secret)
    assert copy.deepcopy(secret) is secret
    assert replace(Holder("x", secret), name="y").pan is secret


def test_it_has_no_attributes_to_look_into() -> None:
    with pytest.raises(TypeError):
        vars(Secret(PAN))
    with pytest.raises(AttributeError):
        Secret(PAN).other = 1  # type: ignore[attr-defined]


@given(st.text(max_size=20), st.text(max_size=20))
def test_it_is_equal_where_its_value_is(one: str, other: str) -> None:
    assert (Secret(one) == Secret(other)) == (one == other)
    assert Secret(one) == Secret(one)
    assert hash(Secret(one)) == hash(Secret(one))
    assert Secret(one).reveal() == one
    assert len(Secret(one)) == len(one)


def test_it_is_not_equal_to_what_it_holds() -> None:
    assert Secret(PAN) != PAN
    assert not (PAN == Secret(PAN))  # noqa: SIM201, SIM300 - the other way round


# PAN, as it may be seen (PCI DSS 3.4.1).
MASKED = [
    ("12 digits", "501812345678", "********5678"),
    ("13 digits, no prefix", "4222222222222", "*********2222"),
    ("14 digits", "30569309025904", "305693****5904"),
    ("15 digits", "370000000000002", "370000*****0002"),
    ("16 digits", PAN, "555544******1111"),
    ("19 digits", "6304939304310009610", "630493*********9610"),
]


@pytest.mark.parametrize(("meaning", "pan", "masked"), MASKED)
def test_a_number_is_masked(meaning: str, pan: str, masked: str) -> None:
    assert mask_pan(pan) == masked, meaning


@given(st.text(alphabet="0123456789", min_size=12, max_size=19))
def test_a_masked_number_has_its_length_its_ends_and_at_least_four_digits_hidden(pan: str) -> None:
    masked = mask_pan(pan)
    hidden = [at for at, digit in enumerate(masked) if digit == "*"]
    assert len(masked) == len(pan)
    assert all(masked[at] == pan[at] for at in range(len(pan)) if at not in hidden)
    assert len(hidden) >= 4
    assert hidden == list(range(hidden[0], hidden[-1] + 1))
    assert hidden[0] <= 6
    assert hidden[-1] == len(pan) - 5


@given(st.text(alphabet="0123456789", min_size=12, max_size=19), st.data())
def test_what_is_hidden_of_a_number_cannot_be_told_from_its_mask(pan: str, data: st.DataObject) -> None:
    masked = mask_pan(pan)
    other = "".join(
        data.draw(st.sampled_from("0123456789")) if seen == "*" else digit
        for digit, seen in zip(pan, masked, strict=True)
    )
    assert mask_pan(other) == masked
