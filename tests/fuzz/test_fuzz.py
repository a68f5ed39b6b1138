"""No bytes make a parser raise what it does not declare, nor run for ever: the corpus always, atheris where it is installed."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Iterator
from importlib.util import find_spec

import pytest

from tests.fuzz import planted, short
from tests.fuzz.corpus import CORPUS, OPEN
from tests.fuzz.running import CORES, Running
from tests.fuzz.table import FAMILIES, TARGETS
from tests.fuzz.target import Target, join

needs_atheris = pytest.mark.skipif(
    find_spec("atheris") is None, reason="atheris is not installed: pip install atheris (Python before 3.13)"
)


@pytest.mark.parametrize("name", TARGETS)
def test_seeds_are_read_and_the_empty_input_is_no_finding(name: str) -> None:
    target = TARGETS[name]
    for data in ("", *target.seeds):
        target.attempt(bytes.fromhex(data))


@pytest.mark.parametrize(("name", "data"), [pytest.param(*row[1:], id=row[0]) for row in CORPUS])
def test_what_once_was_a_finding_is_none_now(name: str, data: str) -> None:
    TARGETS[name].attempt(bytes.fromhex(data))


@pytest.mark.parametrize(("name", "data"), [pytest.param(*row[1:], id=row[0]) for row in OPEN])
def test_a_finding_that_is_open_is_still_one(name: str, data: str) -> None:
    with pytest.raises(TARGETS[name].open):
        TARGETS[name].attempt(bytes.fromhex(data))


def test_only_targets_with_an_open_finding_pass_over_one() -> None:
    assert {name for name, target in TARGETS.items() if target.open} == {row[1] for row in OPEN}


def test_a_target_lets_out_what_its_parser_does_not_declare() -> None:
    def fail(data: bytes) -> None:
        raise LookupError(data)

    Target("declared", fail, (LookupError,)).attempt(b"")
    with pytest.raises(LookupError):
        Target("not declared", fail, (ValueError,)).attempt(b"")


def test_targets_that_are_joined_get_what_is_theirs_and_let_out_what_none_of_them_declares() -> None:
    heard: list[tuple[str, bytes]] = []

    def first(data: bytes) -> None:
        heard.append(("first", data))
        raise LookupError

    def second(data: bytes) -> None:
        heard.append(("second", data))
        raise ValueError

    both = join(
        "both", Target("first", first, (LookupError,), ("AA",)), Target("second", second, (), ("BB",))
    )
    assert both.seeds == ("00AA", "01BB")
    both.attempt(b"\x02\xaa")
    both.attempt(b"")
    with pytest.raises(ValueError):
        both.attempt(b"\x01\xbb")
    assert heard == [("first", b"\xaa"), ("first", b""), ("second", b"\xbb")]


def test_every_target_is_in_one_short_campaign() -> None:
    shared = Counter(name for row in short.SHARED.values() for name in row)
    assert set(shared) <= set(TARGETS)
    assert set(shared.values()) == {1}
    for family, targets in FAMILIES.items():
        campaigns = [campaign.target.name for campaign in short.PLAN[family]]
        tried = [name for each in campaigns for name in short.SHARED.get(each, (each,))]
        assert sorted(tried) == sorted(target.name for target in targets)


@needs_atheris
def test_a_campaign_tells_what_it_finds_and_leaves_nothing_behind() -> None:
    running = Running("planted", [planted.FAMILY], CORES)
    try:
        (found,) = running.findings(planted.FAMILY)
    finally:
        running.close()
    assert found.startswith("falls: input 21")
    assert "LookupError" in found
    assert not os.path.exists(running.path)


@pytest.fixture(scope="module")
def short_campaigns() -> Iterator[Running]:
    """Those of all families, as many at a time as there are cores: the tests only read what they found."""
    running = Running("short", list(FAMILIES), CORES)
    yield running
    running.close()


@needs_atheris
@pytest.mark.parametrize("family", FAMILIES)
def test_a_short_campaign_finds_nothing(family: str, short_campaigns: Running) -> None:
    assert not (found := short_campaigns.findings(family)), "\n\n".join(found)


@needs_atheris
@pytest.mark.soak
@pytest.mark.parametrize("family", FAMILIES)
def test_a_long_campaign_finds_nothing(family: str) -> None:
    running = Running("long", [family], CORES)
    try:
        assert not (found := running.findings(family)), "\n\n".join(found)
    finally:
        running.close()
