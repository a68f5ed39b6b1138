"""Applications of one card with data of their own: numbers, keys, counters, rules and names."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from terminal_sim.bench import Bench, BenchMisuse
from terminal_sim.cards import catalogue
from terminal_sim.cards.catalogue import VirtualCard
from terminal_sim.datafiles.sources import ProfileError
from terminal_sim.display.texts import Texts
from terminal_sim.emv.data import tags, tlv
from terminal_sim.emv.keys.derivation import IssuerKeys

Cards = Callable[[str], VirtualCard]
TEXTS = Texts.load()
INTERAC, VISA = "A0000002771010", "A0000000031010"


def say(card: VirtualCard, *commands: str) -> list[bytes]:
    assert card.chip is not None
    return [card.chip.transmit(bytes.fromhex(command)) for command in commands]


def select(aid: str) -> str:
    return f"00A4040007{aid}00"


def test_each_application_has_a_number_a_counter_and_rules_of_its_own(card: Cards) -> None:
    both = card("debit-two-accounts")
    found = {}
    for aid in (INTERAC, VISA):
        *_, record = say(both, select(aid), "80A8000002830000", "00B2011400")
        found[aid] = dict(tlv.split(tlv.only(record[:-2], tags.RECORD)))
    assert found[INTERAC][tags.PAN] != found[VISA][tags.PAN]
    assert (found[INTERAC][tags.PAN_SEQUENCE], found[VISA][tags.PAN_SEQUENCE]) == (b"\x01", b"\x02")
    assert found[INTERAC][tags.CVM_LIST] != found[VISA][tags.CVM_LIST]
    say(both, select(VISA), "80A8000002830000")
    counters = [say(both, select(aid), "80CA9F3600")[1][:-2].hex() for aid in (INTERAC, VISA)]
    assert counters == ["9f36020001", "9f36020002"]


def test_a_blocked_application_leaves_the_other_account_alone(card: Cards) -> None:
    both = card("debit-two-accounts")
    both.memory.accounts[0].keep(blocked="application")
    answers = say(both, select(INTERAC), select(VISA))
    assert [answer[-2:].hex() for answer in answers] == ["6283", "9000"]


def test_applications_of_one_number_share_counter_and_keys(card: Cards) -> None:
    assert len(card("interac-visa-debit").memory.accounts) == 1
    assert len(card("debit-two-accounts").memory.accounts) == 2


@pytest.mark.parametrize(("choice", "digits"), [("application-1", "4506"), ("application-2", "")])
def test_the_issuer_knows_both_accounts_and_their_keys(choice: str, digits: str) -> None:
    with Bench(texts=TEXTS) as bench:
        till = bench.add_terminal("v400m")
        for key in ("OK", "1", "0", "0", "0", "OK"):
            till.press(key)
        till.insert("debit-two-accounts")
        till.touch(choice)
        for digit in digits:
            till.press(digit)
        if digits:
            till.press("OK")
        bench.advance(2_000_000)
        assert till.view().screen.id == "approved"


@pytest.mark.parametrize(
    ("amount", "asks"), [("2000", "no-cvm"), ("5000", "signature"), ("20000", "enter-pin")]
)
def test_the_amount_chooses_the_rule_of_verification(amount: str, asks: str) -> None:
    with Bench(texts=TEXTS) as bench:
        till = bench.add_terminal("v400m")
        for key in ("OK", *amount, "OK"):
            till.press(key)
        till.insert("visa-cvm-amounts")
        if asks == "enter-pin":
            assert till.view().screen.id == "enter-pin"
            return
        bench.advance(2_000_000)
        assert till.view().screen.id == "approved"
        signed = any("signature" in receipt.text.lower() for receipt in till.receipts)
        assert signed == (asks == "signature")


NAMES = {"visa-cyrillic": "VISA CREDIT", "visa-prefere-fr": "Visa Privilège"}


@pytest.mark.parametrize(("name", "shown"), NAMES.items())
def test_a_preferred_name_shows_where_the_terminal_has_its_letters(name: str, shown: str) -> None:
    with Bench(texts=TEXTS) as bench:
        till = bench.add_terminal("v400m")
        for key in ("OK", "1", "0", "0", "0", "OK"):
            till.press(key)
        till.insert(name)
        assert shown in till.view().text


def test_the_name_is_in_its_code_table(card: Cards) -> None:
    fci = say(card("visa-cyrillic"), select(VISA))[0]
    inner = dict(tlv.split(tlv.only(fci[:-2], tags.FCI)))
    found = dict(tlv.split(inner[tags.FCI_PROPRIETARY]))
    assert found[tags.CODE_TABLE] == b"\x05"
    assert found[tags.PREFERRED_NAME].decode("iso8859_5") == "ВИЗА КРЕДИТ"


WRONG = {
    "letters of another table": ("preferred_name = 'ВИЗА'", "code table 1"),
    "a table that is none": ("code_table = 11", "1 to 10"),
    "a number that is none": ("pan = '4111110000000228'", "check digit"),
    "a sequence of three digits": ("sequence = '001'", "2 digits"),
    "a PIN for a key that is not there": ("cvm = ['enciphered-pin']", "dda or cda"),
}


@pytest.mark.parametrize(("words", "cure"), WRONG.values(), ids=WRONG)
def test_a_wrong_application_names_field_and_cure(
    tmp_path: Path, keys: IssuerKeys, words: str, cure: str
) -> None:
    (tmp_path / "broken.toml").write_text(
        f"extends = 'visa-credit'\n[chip]\napplications = [{{ aid = '{VISA}', label = 'V', {words} }}]\n",
        "utf-8",
    )
    with pytest.raises(ProfileError, match=cure):
        catalogue.load("broken", [tmp_path], keys)


def test_a_memory_of_other_accounts_is_not_taken(card: Cards) -> None:
    with pytest.raises(BenchMisuse, match="2 accounts"):
        card("debit-two-accounts").resume(card("visa-credit").snapshot())
