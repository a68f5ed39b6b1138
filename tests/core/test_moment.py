"""Durations and money."""

from __future__ import annotations

from datetime import datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from terminal_sim.core.moment import Duration, Instant, wall_of
from terminal_sim.core.money import CURRENCIES, Money

# Meaning, microseconds, the one way in which it is written.
WRITTEN = [
    ("nothing", 0, "0s"),
    ("one microsecond", 1, "1us"),
    ("half a second", 500_000, "500ms"),
    ("five seconds", 5_000_000, "5s"),
    ("a minute and a half", 90_000_000, "1min30s"),
    ("a day less a minute", 86_340_000_000, "23h59min"),
    ("a day", 86_400_000_000, "1d"),
    ("all units", 90_061_001_001, "1d1h1min1s1ms1us"),
]


@pytest.mark.parametrize(("meaning", "microseconds", "text"), WRITTEN)
def test_a_duration_is_written_and_read_in_one_way(meaning: str, microseconds: int, text: str) -> None:
    assert Duration.parse(text) == microseconds, meaning
    assert str(Duration(microseconds)) == repr(Duration(microseconds)) == text, meaning


@given(st.integers(min_value=0, max_value=10**15))
def test_every_duration_is_read_back_as_it_was_written(microseconds: int) -> None:
    assert Duration.parse(str(Duration(microseconds))) == microseconds


@pytest.mark.parametrize(
    "text",
    [
        "",
        "5",
        "s",
        "-5s",
        "+5s",
        "5 s",
        " 5s",
        "5s ",
        "5S",
        "5sec",
        "1.5s",
        "5m",
        "1_0s",
        "٣s",
        "³s",
        "5s,3s",
        "1h 5min",
    ],
)
def test_what_is_no_duration_is_refused_by_its_text(text: str) -> None:
    with pytest.raises(ValueError, match="write 500ms, 5s, 2min, 24h or 1d") as refused:
        Duration.parse(text)
    assert repr(text) in str(refused.value)


def test_a_duration_has_a_length() -> None:
    with pytest.raises(ValueError, match="at most 40 characters, and this one has 5001"):
        Duration.parse("9" * 5000 + "d")


@given(st.datetimes(min_value=datetime(1970, 1, 1), max_value=datetime(2199, 12, 31)))  # noqa: DTZ001
def test_civil_time_and_microseconds_are_two_ways_to_say_one_moment(moment: datetime) -> None:
    assert Instant(0, wall_of(moment)).civil == moment


@pytest.mark.parametrize(
    ("code", "numeric", "exponent"),
    [("CAD", "124", 2), ("USD", "840", 2), ("EUR", "978", 2), ("JPY", "392", 0)],
)
def test_a_currency_knows_its_number_and_its_places(code: str, numeric: str, exponent: int) -> None:
    assert (Money(1, code).numeric, Money(1, code).exponent) == (numeric, exponent)


def test_the_numeric_codes_are_three_digits_and_differ() -> None:
    numbers = [numeric for numeric, _ in CURRENCIES.values()]
    assert all(len(number) == 3 and number.isdigit() for number in numbers)
    assert len(set(numbers)) == len(numbers)


def test_money_of_two_currencies_is_never_equal() -> None:
    assert Money(1000, "CAD") == Money(1000, "CAD")
    assert Money(1000, "CAD") != Money(1000, "USD")


def test_a_civil_second_has_no_fraction() -> None:
    instant = Instant(0, 1_768_467_905_100_000)
    assert instant.civil.isoformat() == "2026-01-15T09:05:05.100000"
    assert instant.civil_second.isoformat() == "2026-01-15T09:05:05"
