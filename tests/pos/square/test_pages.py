"""Pages of a search: whatever comes new while a client turns them, he is told everything of before once, in order."""

from __future__ import annotations

from collections.abc import Sequence
from types import SimpleNamespace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from terminal_sim.pos.square.calls.pages import page
from terminal_sim.pos.square.objects.base import ObjectKind
from terminal_sim.pos.square.objects.problems import ServiceRefusal
from terminal_sim.pos.square.objects.values import ErrorCode, SortOrder
from terminal_sim.pos.square.service.book import StoredObject
from tests.pos.square.kit import shop

TIMES = [f"2026-01-15T09:00:0{second}.000Z" for second in range(4)]


def made(times: Sequence[str], after: int = 0) -> list[StoredObject]:
    """Objects that were created at these times, one after the other; a clock may go back."""
    return [
        StoredObject(
            kind=ObjectKind.CHECKOUT,
            id=str(number),
            version=1,
            sequence=number,
            mono=0,
            device="",
            reference="",
            value=SimpleNamespace(created_at=time),
            text="",
        )
        for number, time in enumerate(times, after + 1)
    ]


def turned(pages: Sequence[Sequence[StoredObject]], order: SortOrder, limit: int) -> list[str]:
    """What a client is told who turns pages, while what is there grows."""
    told: list[str] = []
    cursor, turn = None, 0
    while True:
        there = pages[min(turn, len(pages) - 1)]
        found = page(there, lambda _: True, query={"q": 1}, order=order, limit=limit, cursor=cursor)
        told += [one.id for one in found.objects]
        cursor, turn = found.cursor, turn + 1
        if cursor is None:
            return told


@given(
    st.lists(st.sampled_from(TIMES), max_size=20),
    st.lists(st.lists(st.sampled_from(TIMES), max_size=5), max_size=5),
    st.sampled_from(SortOrder),
    st.integers(1, 6),
)
def test_what_was_there_is_told_once_and_in_order_whatever_comes_meanwhile(
    before: list[str], later: list[list[str]], order: SortOrder, limit: int
) -> None:
    there = made(before)
    pages = [there]
    for times in later:
        pages.append([*pages[-1], *made(times, len(pages[-1]))])
    told = turned(pages, order, limit)
    assert len(told) == len(set(told))
    wanted = sorted(there, key=lambda one: (one.value.created_at, one.sequence))
    if order is SortOrder.DESC:
        wanted.reverse()
    old = {one.id for one in there}
    assert [name for name in told if name in old] == [one.id for one in wanted]


@pytest.mark.parametrize("cursor", ["c2", "", "=", "W10", "eyJhIjoxfQ", "é"])
def test_a_cursor_that_is_none_is_refused(cursor: str) -> None:
    with pytest.raises(ServiceRefusal) as refused:
        page(made(TIMES), lambda _: True, query={}, order=None, limit=1, cursor=cursor)
    assert refused.value.error.code is ErrorCode.INVALID_CURSOR


def test_a_cursor_belongs_to_its_query() -> None:
    found = page(made(TIMES), lambda _: True, query={"status": "A"}, order=None, limit=1, cursor=None)
    with pytest.raises(ServiceRefusal):
        page(made(TIMES), lambda _: True, query={"status": "B"}, order=None, limit=1, cursor=found.cursor)


def test_a_search_is_by_device_status_and_time_and_of_the_last_day_by_default() -> None:
    away = "da40d603-c2ea-4a65-8cfd-f42e36dab0c7"

    def found(**query: Any) -> list[str]:
        said = square.good("POST", "/v2/terminals/checkouts/search", {"query": query} if query else {})
        return [one["id"] for one in said.get("checkouts", ())]

    with shop(clock="2026-01-15 09:00") as square:
        old = square.checkout(device_options={"device_id": away})["id"]
        square.wait(25 * 3600)
        first = square.checkout()["id"]
        square.terminal.press("CANCEL")
        square.wait(60)
        second = square.checkout(device_options={"device_id": away})["id"]
        assert found() == [second, first]
        assert found(sort={"sort_order": "ASC"}) == [first, second]
        assert found(filter={"device_id": away}) == [second]
        assert found(filter={"status": "CANCELED"}) == [first]
        range_ = {"start_at": "2026-01-15T00:00:00Z", "end_at": "2026-01-15T23:00:00-05:00"}
        assert found(filter={"created_at": range_}) == [old]
        wrong = {"query": {"filter": {"created_at": {"start_at": "yesterday"}}}}
        assert square.error("POST", "/v2/terminals/checkouts/search", wrong) == (
            400,
            "INVALID_TIME",
            "query.filter.created_at.start_at",
        )
        turned_round = {"start_at": "2026-01-16T00:00:00Z", "end_at": "2026-01-15T00:00:00Z"}
        body = {"query": {"filter": {"created_at": turned_round}}}
        assert square.error("POST", "/v2/terminals/checkouts/search", body)[1] == "INVALID_TIME_RANGE"
        bad = {"query": {"sort": {"sort_order": "UP"}}, "limit": 101}
        assert square.error("POST", "/v2/terminals/checkouts/search", bad)[1] in (
            "INVALID_ENUM_VALUE",
            "VALUE_TOO_HIGH",
        )
