"""Random histories: whatever a tester does, afterwards everything works again, and the money is where both sides say it is."""

from __future__ import annotations

from functools import cache

import pytest

from terminal_sim.bench import Bench, Trace, View
from terminal_sim.core.screen import Screen
from terminal_sim.display.paper import receipt_text
from terminal_sim.display.view import view
from terminal_sim.runtime.contents import Note
from tests.contracts.artefacts import artefacts
from tests.contracts.drive import MOTO_CARD, NAMES, TEXTS, Drive, full, stock
from tests.contracts.walker import Walk
from tests.secrets.encodings import spellings, telling_runs

ACTS = 60
CHUNK = 15
ALWAYS = 75
# `make test` goes through the first quarter of these histories, `make soak` through the others.
SEEDS = [
    pytest.param(range(first, first + CHUNK), marks=() if first < ALWAYS else pytest.mark.soak)
    for first in range(0, 300, CHUNK)
]
LOCALES = ("en-CA", "fr-CA")


def healed(seed: int, acts: int = ACTS) -> list[str]:
    """All that is wrong with the history of this seed; the walker's module shows it act by act."""
    walk = Walk(seed, trace=Trace(keep=20_000))
    shown: set[Screen] = set()
    astray: list[str] = []
    with walk.drive as drive:

        def look() -> None:
            astray.extend(walk.astray())
            if drive.on:
                shown.add(drive.terminal.firmware.screen())

        walk.go(acts, look)
        found = astray + drive.broken()
        walk.heal()
        found += drive.faults()
        for screen in shown:
            for locale in LOCALES:
                rendered(screen, drive.profile.id, locale)
        found += printed_in_both(drive)
        found += leaks(drive)
    return [f"seed {seed}: {fault}" for fault in found]


@cache
def rendered(screen: Screen, profile: str, locale: str) -> str:
    """The screen in a language; raises `MissingText` where the catalogue has a gap."""
    return view(screen, stock(profile), TEXTS, locale).text


def printed_in_both(drive: Drive) -> list[str]:
    if drive.profile.printer is None:
        return []
    columns = drive.profile.printer.columns
    found = []
    for receipt in drive.terminal.board.printer.printed:
        text = receipt_text(receipt, TEXTS, columns)
        if any(len(line) > columns for line in text.splitlines()):
            found.append(f"the receipt of {receipt.reference} is wider than its paper")
    return found


@cache
def pans() -> tuple[str, ...]:
    with Drive(full(NAMES[0])) as drive:
        cards = [drive.bench.card(name).personality.pan.reveal() for name in drive.bench.card_names()]
    return (*cards, MOTO_CARD["number"], "5555444433331111", "370000000000002")


@cache
def spelled() -> tuple[str, ...]:
    """Every PAN in every spelling that is text."""
    forms = {form for pan in pans() for form in spellings(pan).values()}
    return tuple(sorted(form.decode() for form in forms if form.isascii() and form.decode().isprintable()))


def leaks(drive: Drive) -> list[str]:
    everything = "\n".join(artefacts(drive))
    found = [f"card data in clear: {form}" for form in spelled() if form in everything]
    found += [f"too much of {pan[:6]}...: {run}" for pan in pans() for run in telling_runs(everything, pan)]
    return found


@pytest.mark.parametrize("seeds", SEEDS, ids=lambda seeds: f"{seeds.start}-{seeds.stop - 1}")
def test_after_any_history_everything_is_resolved_and_nothing_leaked(seeds: range) -> None:
    assert [fault for seed in seeds for fault in healed(seed)] == []


@pytest.mark.soak
@pytest.mark.parametrize("hundred", range(10, 110))
def test_after_many_longer_histories_everything_is_resolved_and_nothing_leaked(hundred: int) -> None:
    seeds = range(hundred * 100, hundred * 100 + 100)
    assert [fault for seed in seeds for fault in healed(seed, 150)] == []


def test_the_walk_itself_is_a_function_of_its_seed() -> None:
    def history(seed: int) -> list[str]:
        walk = Walk(seed, trace=Trace(keep=20_000))
        with walk.go(80) as drive:
            return [entry.json() for entry in drive.bench.trace.entries]

    assert history(7) == history(7)
    assert history(7) != history(8)


def test_the_walk_finds_a_card_number_that_is_not_masked() -> None:
    """The scan can fail: a number in the trace is found, whole or in part."""
    for number in ("5555444433331111", "55554444 33331111"):
        with Drive(full(NAMES[0])) as drive:
            assert leaks(drive) == []
            drive.bench.trace.emit(drive.bench.now, "X", Note(number))
            assert leaks(drive)


@pytest.mark.parametrize("locale", LOCALES)
@pytest.mark.parametrize("name", NAMES)
def test_every_flow_speaks_the_language_of_the_terminal(name: str, locale: str) -> None:
    """From the first screen to the last copy, where the card says nothing else."""
    with Bench(texts=TEXTS) as bench:
        terminal = bench.add_terminal(stock(name), locale=locale)
        terminal.touch(stock(name).home.entries[0].id)
        for key in ("1", "0", "0", "OK"):
            terminal.press(key)
        assert said("present-card", locale) in plain(terminal.view())
        terminal.swipe("visa-stripe")
        bench.advance(1_000_000)
        assert said("approved", locale) in plain(terminal.view())
        assert {printed.receipt.locale for printed in terminal.receipts} == {locale}
        assert all(said("receipt-approved", locale) in " ".join(p.text.split()) for p in terminal.receipts)


def said(id: str, locale: str) -> str:  # noqa: A002 - as the catalogue calls it
    return TEXTS.wording(id, locale)


def plain(shown: View) -> str:
    """The screen in one line, without its frame."""
    return " ".join(shown.text.replace("|", " ").split())
