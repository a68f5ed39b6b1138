"""Planted secrets: a whole run is written to files, and every byte of every file is searched for them.

Two ways: numbers that are long enough are looked for in every spelling; short ones (a CVC, a PIN) and the hidden middle of a card
number by running everything twice with another secret: files that are the same byte for byte cannot tell which one it was.
"""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from terminal_sim.bench import Bench, JsonLines, TerminalUnderTest, Trace
from tests.contracts.drive import TEXTS
from tests.secrets.encodings import spellings, telling_runs, track2

PAN = "5555446135893645"
KEYED_PAN, OTHER_KEYED_PAN = "5555440244854655", "5555445826984655"  # the same first six and last four
PIN, OTHER_PIN = "839152740615", "204738591627"
CVC, OTHER_CVC = "394", "815"
EXPIRY = "3107"

CARD = """
card = 1
id = "planted"
name = "Planted"
pan = "{pan}"
expiry = "{expiry}"
cvc = "{cvc}"
pin = "{pin}"

[holder]
name = "PLANTED/SECRET"
country = "GB"

[chip]
cvm = ["offline-pin", "online-pin"]
applications = [{{ aid = "A0000000041010", label = "MASTERCARD" }}]

[stripe]
service_code = "101"
"""
ONLINE = 'cvm = ["offline-pin", "online-pin"]', 'cvm = ["online-pin"]'


def run(folder: Path, *, pan: str = PAN, keyed: str = KEYED_PAN, pin: str = PIN, cvc: str = CVC) -> Path:
    """Everything that a card's secrets can go through, with trace and journal in files; returns their folder."""
    state, catalogue = folder / "state", folder / "deck"
    state.mkdir(parents=True)
    catalogue.mkdir()
    card = CARD.format(pan=pan, expiry=EXPIRY, cvc=cvc, pin=pin)
    (catalogue / "planted.toml").write_text(card)
    (catalogue / "planted-online.toml").write_text(
        card.replace(*ONLINE).replace('"planted"', '"planted-online"')
    )
    with (state / "trace.jsonl").open("w") as sink:
        bench = Bench(state=state, trace=Trace(JsonLines(sink), keep=100_000), decks=[catalogue], texts=TEXTS)
        try:
            till = bench.add_terminal("v400m")
            act(bench, till, keyed, pin, cvc)
            (state / "lines.txt").write_text("\n".join(bench.trace.tail(100_000)))
            (state / "paper.txt").write_text("\n".join(p.text + p.svg() + repr(p) for p in till.receipts))
            (state / "said.txt").write_text(repr((bench.host_messages(), till.report(), till.journal())))
            (state / "books.txt").write_text(repr((bench.acquirer.entries(), till.firmware.durable)))
        finally:
            bench.close()
    return state


def keys(till: TerminalUnderTest, *words: str) -> None:
    for word in words:
        for key in word if word.isdigit() else [word]:
            till.press(key)


def act(bench: Bench, till: TerminalUnderTest, keyed: str, pin: str, cvc: str) -> None:
    for card in ("planted", "planted-online"):
        keys(till, "OK", "1000", "OK")
        till.insert(card)
        keys(till, pin, "OK")
        bench.advance(1_000_000)
        till.remove_card()
        bench.advance(20_000_000)
    keys(till, "OK", "1500", "OK")
    till.insert("planted-online")
    keys(till, pin, "CANCEL")
    till.remove_card()
    bench.advance(20_000_000)
    keys(till, "OK", "1600", "OK")
    till.insert("planted")
    keys(till, pin)
    till.power_cut()  # in the middle of a PIN
    till.power_on()
    till.remove_card()
    bench.host_answers(["timeout"])
    keys(till, "OK", "2000", "OK")
    till.swipe("planted")
    bench.advance(200_000_000)
    for answer in ("approved", "timeout", "garbage"):
        bench.host_answers([answer])
        keys(till, "8", "OK", "0856", "OK")
        till.touch("moto")
        keys(
            till,
            "3000",
            "OK",
            keyed,
            "OK",
            EXPIRY[2:] + EXPIRY[:2],
            "OK",
            cvc,
            "OK",
            "12345",
            "OK",
            "1",
            "OK",
        )
        bench.advance(200_000_000)
    keys(till, "8", "OK", "0856", "OK")
    till.touch("moto")
    keys(till, "4000", "OK", keyed, "OK", EXPIRY[2:] + EXPIRY[:2], "OK", cvc, "CANCEL")
    bench.advance(20_000_000)
    keys(till, "8", "OK", "0856", "OK")
    till.touch("moto")
    keys(till, "4000", "OK", keyed)
    till.power_cut()
    till.power_on()
    bench.advance(1_000_000)
    keys(till, "9", "OK", "0856", "OK")
    for target in ("transactions", "history", "history-transactions", "txn-3", "void"):
        till.touch(target)
    bench.advance(200_000_000)


@pytest.fixture(scope="module")
def first(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return run(tmp_path_factory.mktemp("first"))


def files(state: Path) -> dict[str, bytes]:
    return {str(file.relative_to(state)): file.read_bytes() for file in state.rglob("*") if file.is_file()}


def test_the_run_went_through_all_that_it_should(first: Path) -> None:
    written = files(first)
    assert {"journal.db", "trace.jsonl"} <= set(written)
    text = written["trace.jsonl"].decode()
    entries = [json.loads(line) for line in text.splitlines()]
    kinds = {entry["kind"] for entry in entries}
    assert {"key", "screen", "apdu", "host", "journal", "receipt", "state"} <= kinds
    states = [entry["state"] for entry in entries if entry["kind"] == "journal" and "state" in entry]
    assert {"COMPLETED", "REVERSED", "VOIDED"} <= set(states)
    assert states.count("COMPLETED") >= 3
    assert "online-pin" in text
    assert "offline-pin" in text


@pytest.mark.parametrize("pan", [PAN, KEYED_PAN])
def test_no_file_holds_a_card_number_in_any_spelling(first: Path, pan: str) -> None:
    assert len(spellings(pan)) >= 25
    for name, content in files(first).items():
        for way, spelled in spellings(pan).items():
            assert spelled not in content, f"{name}: {way}"
            assert spelled.lower() not in content.lower(), f"{name}: {way}"


@pytest.mark.parametrize("pan", [PAN, KEYED_PAN])
def test_no_file_holds_more_of_a_card_number_than_a_mask_shows(first: Path, pan: str) -> None:
    for name, content in files(first).items():
        assert list(telling_runs(content.decode(errors="replace"), pan)) == [], name


def test_no_file_holds_the_pin_in_any_spelling(first: Path) -> None:
    for name, content in files(first).items():
        for way, spelled in spellings(PIN).items():
            assert spelled not in content, f"{name}: {way}"


def test_no_file_holds_a_part_of_the_pin(first: Path) -> None:
    parts = [PIN[at : at + 6].encode() for at in range(len(PIN) - 5)]
    for name, content in files(first).items():
        assert [part for part in parts if part in content] == [], name


def test_no_file_holds_track_2(first: Path) -> None:
    for name, content in files(first).items():
        for track in track2(PAN, EXPIRY, "101"):
            assert track not in content, name


def test_no_file_names_a_field_for_what_must_not_be_kept(first: Path) -> None:
    """An empty field of that name today is a full one tomorrow."""
    entries = [json.loads(line) for line in files(first)["trace.jsonl"].splitlines()]
    names = {name.casefold() for entry in entries for name in entry}
    assert names & {"cvc", "cvv", "pin", "pin_block", "track1", "track2", "expiry"} == set()


def test_typed_secrets_are_traced_as_digits_alone(first: Path) -> None:
    typed = re.findall(r'"kind": "key", "key": "([^"]+)"', files(first)["trace.jsonl"].decode())
    assert typed.count("DIGIT") > 150
    assert "".join(key for key in typed if len(key) == 1).find(KEYED_PAN[:7]) == -1


@pytest.mark.parametrize(
    ("what", "changed"),
    [
        ("the CVC", {"cvc": OTHER_CVC}),
        ("the PIN", {"pin": OTHER_PIN}),
        ("the hidden digits of a keyed number", {"keyed": OTHER_KEYED_PAN}),
    ],
)
def test_all_files_of_a_run_with_another_secret_are_the_same(
    first: Path, tmp_path: Path, what: str, changed: dict[str, str]
) -> None:
    other = files(run(tmp_path, **changed))
    for name, content in files(first).items():
        assert other[name] == content, f"{name} tells {what}"


def test_the_files_of_a_run_with_another_amount_are_not_the_same(first: Path, tmp_path: Path) -> None:
    """The comparison can fail: what is no secret shows."""
    other = files(run(tmp_path, keyed="5555444433331111"))
    assert other["trace.jsonl"] != files(first)["trace.jsonl"]


def test_only_the_owner_may_read_the_journal(first: Path) -> None:
    for file in first.iterdir():
        if file.suffix in (".db", ".key") or "journal" in file.name:
            assert file.stat().st_mode & 0o077 == 0, f"{file.name}: {file.stat().st_mode:o}"
