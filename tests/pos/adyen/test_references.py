"""The platform's names of dialogues, read back to their numbers."""

from __future__ import annotations

from datetime import datetime

import pytest

from terminal_sim.pos.adyen.messages.references import numbers_of, tender_reference

AT = datetime.fromisoformat("2026-01-15T09:00:00")


@pytest.mark.parametrize("newest", [1, 7, 999, 1000, 1001, 2_345])
def test_a_tender_may_be_that_of_its_number_and_of_few_others(newest: int) -> None:
    for number in {1, newest // 2 or 1, newest - 1 or 1, newest}:
        may_be = numbers_of(tender_reference("V400m-1", number, AT), newest)
        assert number in may_be
        assert list(may_be) == [one for one in range(newest, 0, -1) if one % 1000 == number % 1000]


@pytest.mark.parametrize("tender", ["", "x", "abc", "12", "v4W5001767780664\u0660\u0660\u0661"])
def test_what_is_no_tender_is_that_of_no_number_that_there_is(tender: str) -> None:
    assert list(numbers_of(tender, 5)) == []
