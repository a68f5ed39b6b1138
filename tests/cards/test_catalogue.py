from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from terminal_sim.cards import catalogue
from terminal_sim.cards.catalogue import VirtualCard
from terminal_sim.datafiles.sources import ProfileError
from terminal_sim.emv.data import track, tvr
from terminal_sim.emv.data.card_number import brand_of, is_luhn_valid
from terminal_sim.emv.keys.derivation import IssuerKeys
from terminal_sim.emv.talk.answers import HostDecision
from terminal_sim.emv.talk.asks import GoOnline
from terminal_sim.emv.talk.outcome import Verdict
from terminal_sim.secret import Secret
from tests.emv.terminal import Terminal, answering, approving_host

Cards = Callable[[str], VirtualCard]

NAMES = {
    "visa-credit": {"chip", "contactless", "stripe"},
    "visa-credit-fr": {"chip", "contactless", "stripe"},
    "visa-online-pin": {"chip", "stripe"},
    "mastercard-pin": {"chip", "contactless", "stripe"},
    "interac-debit": {"chip", "contactless", "stripe"},
    "amex-credit": {"chip", "contactless", "stripe"},
    "visa-stripe": {"stripe"},
    "visa-declined": {"chip", "stripe"},
    "mute": {"chip", "stripe"},
    "gift-card": {"stripe"},
    "phone": {"contactless"},
}


def test_the_catalogue_has_the_cards_of_the_contract() -> None:
    assert set(catalogue.names()) >= set(NAMES)


@pytest.mark.parametrize("name", catalogue.names())
def test_every_card_is_a_test_card_under_its_own_name(card: Cards, name: str) -> None:
    personality = card(name).personality
    assert personality.id == name
    assert is_luhn_valid(personality.pan.reveal())
    assert personality.brand
    assert personality.last4 == personality.pan.reveal()[-4:]
    assert personality.pan.reveal() not in repr(personality)


def test_no_two_cards_have_one_number(card: Cards) -> None:
    numbers = [card(name).personality.pan for name in catalogue.names()]
    assert len(set(numbers)) == len(numbers)


@pytest.mark.parametrize(("name", "faces"), NAMES.items())
def test_every_card_has_its_faces(card: Cards, name: str, faces: set[str]) -> None:
    made = card(name)
    assert {face for face in ("chip", "contactless", "stripe") if getattr(made, face) is not None} == faces


@pytest.mark.parametrize("name", catalogue.names())
def test_every_card_pays_by_each_way_it_has(terminal: Terminal, card: Cards, name: str) -> None:
    made = card(name)
    personality = made.personality

    def issuer(ask: GoOnline) -> HostDecision:
        decision = approving_host(ask)
        assert decision.response_code == "00"
        return answering(ask, personality.issuer_response)

    terminal.host = issuer
    terminal.pins = [personality.pin.reveal()] * 2 if personality.pin else []
    expected = Verdict.APPROVED if personality.issuer_response == "00" else Verdict.DECLINED
    refuses = personality.chip is not None and (personality.chip.declines or personality.chip.blocked)
    if made.chip is not None and refuses:
        assert terminal.chip(made).verdict in (Verdict.DECLINED, Verdict.NOT_ACCEPTED, Verdict.BLOCKED)
    elif made.chip is not None and made.chip.atr:
        outcome = terminal.chip(made)
        assert outcome.verdict is expected, outcome.reason
        assert outcome.card is not None
        assert (outcome.card.pan, outcome.card.expiry) == (personality.pan, personality.expiry)
        assert outcome.card.languages == personality.languages
    if made.contactless is not None and personality.expected.contactless == "insert-instead":
        assert terminal.tap(made).verdict is Verdict.USE_CHIP
    elif made.contactless is not None:
        outcome = terminal.tap(made)
        if outcome.verdict is Verdict.SEE_PHONE:
            outcome = terminal.tap(made)
        assert outcome.verdict is expected, outcome.reason
        assert outcome.card is not None
        assert outcome.card.brand in {account.brand for account in personality.accounts}
    if made.stripe is not None:
        stripe = track.parse(made.stripe)
        assert (stripe.pan, stripe.expiry) == (personality.pan, personality.expiry)
        assert stripe.has_chip == (made.chip is not None)
        brand = brand_of(stripe.pan.reveal())
        assert brand is not None
        assert brand.name == personality.brand


def test_the_faces_of_a_card_share_one_counter(terminal: Terminal, card: Cards) -> None:
    made = card("visa-credit")
    assert made.chip is not None
    terminal.chip(made)
    terminal.tap(made)
    terminal.chip(made)
    assert made.chip.transmit(bytes.fromhex("80CA9F3600")) == bytes.fromhex("9F36020003 9000")


def test_a_mute_chip_is_silent(card: Cards) -> None:
    made = card("mute")
    assert made.chip is not None
    assert (made.chip.atr, made.chip.reset(), made.chip.transmit(b"\x00\xa4\x04\x00\x00")) == (b"", b"", b"")


def test_the_issuers_answer_belongs_to_the_card(card: Cards) -> None:
    assert card("visa-declined").personality.issuer_response == "05"
    assert card("visa-credit").personality.issuer_response == "00"


def test_a_moto_payment_finds_what_it_asks_for(card: Cards) -> None:
    amex = card("amex-credit").personality
    assert amex.cvc == Secret("7373")
    assert (amex.expiry, amex.expiry_mmyy) == ("3003", "0330")
    visa = card("visa-credit").personality
    assert (visa.country, visa.postal_code, visa.street_number) == ("CA", "H2X1Y4", "1234")


def test_cards_of_a_folder_come_before_the_bundled_ones(tmp_path: Path, keys: IssuerKeys) -> None:
    (tmp_path / "visa-credit.toml").write_text('extends = "phone"\nid = "visa-credit"\n')
    (tmp_path / "my-own.toml").write_text('extends = "visa-stripe"\nid = "my-own"\n')
    assert "my-own" in catalogue.names([tmp_path])
    assert catalogue.load("my-own", [tmp_path], keys).stripe is not None
    assert catalogue.load("visa-credit", [tmp_path], keys).chip is None
    assert catalogue.load("visa-credit", [], keys).chip is not None


@pytest.mark.parametrize(
    "name", ["visa-credid", "../hosts/test-acquirer", "", "VISA-CREDIT", "visa-credit.toml"]
)
def test_an_unknown_name_is_an_error_that_helps(keys: IssuerKeys, name: str) -> None:
    with pytest.raises(ProfileError, match="there is no card"):
        catalogue.load(name, (), keys)


def test_a_slip_in_a_name_gets_the_nearest(keys: IssuerKeys) -> None:
    with pytest.raises(ProfileError, match="visa-credit"):
        catalogue.load("visa-credid", (), keys)


BROKEN = {
    "an unknown key": ("extends = 'phone'\nexpirey = '3003'", "expiry"),
    "a number for text": ("extends = 'phone'\nexpiry = 3003", "quotes"),
    "a wrong check digit": ("extends = 'phone'\npan = '4895370012003479'", "check digit"),
    "a code of the wrong length": ("extends = 'phone'\ncvc = '1234'", "3 digits"),
    "a month that is none": ("extends = 'phone'\nexpiry = '3013'", "YYMM"),
    "a method that is none": ("extends = 'visa-credit'\n[chip]\ncvm = ['online-pn']", "online-pin"),
    "an AID with a letter": (
        "extends = 'phone'\n[contactless]\napplications = [{ aid = 'A00000000310XX', label = 'V' }]",
        "hex",
    ),
    "a PIN that is missing": ("extends = 'phone'\n[contactless]\ncvm = ['online-pin']", "pin"),
    "a card that is nothing": (
        "card = 1\nid = 'x'\nname = 'x'\npan = '4111111111111111'\nexpiry = '3003'\nholder = { country = 'CA' }",
        "presented",
    ),
    "a stripe without a service code": (
        "extends = 'phone'\nstripe = { service_code = '20' }",
        "three digits",
    ),
    "a label that is too long": (
        "extends = 'phone'\n[contactless]\napplications = [{ aid = 'A0000000031010', label = 'SEVENTEEN LETTERS' }]",
        "at most 16",
    ),
    "an application without a label": (
        "extends = 'phone'\n[contactless]\napplications = [{ aid = 'A0000000031010', label = '' }]",
        "1 to 16",
    ),
    "a priority of 16": (
        "extends = 'phone'\n[contactless]\napplications = [{ aid = 'A0000000031010', label = 'V', priority = 16 }]",
        "1 to 15",
    ),
    "a chip without applications": ("extends = 'visa-credit'\n[chip]\napplications = []", "at least one"),
    "an antenna without applications": (
        "extends = 'phone'\n[contactless]\napplications = []",
        "at least one",
    ),
    "too many tries": ("extends = 'visa-credit'\n[chip]\npin_tries = 16", "1 to 15"),
    "a stripe that overflows": (
        "extends = 'phone'\nstripe = { service_code = '201', discretionary = '123456789012' }",
        "11 digits",
    ),
    "a name of one letter": ("extends = 'phone'\n[holder]\nname = 'X'", "SURNAME/FIRST"),
    "a PIN of three digits": ("extends = 'phone'\npin = '123'", "4 to 12"),
    "a country by its letters": ("extends = 'phone'\nissuer_country = 'CAN'", "3 digits"),
    "an answer that is no code": ("extends = 'phone'\nissuer_response = 'no'", "05"),
    "a name that no stripe can carry": ("extends = 'visa-credit'\n[holder]\nname = 'A^B/C'", "holder.name"),
    "a list of its own where the terminal's counts": (
        "extends = 'phone'\n[contactless]\npdol = '9F0206'",
        "pdol",
    ),
    "an amount that the card never hears": (
        "extends = 'amex-credit'\n[contactless]\ncontact_above = 100",
        "contact_above",
    ),
    "a language that is none": ("extends = 'phone'\n[holder]\nlanguages = ['french']", "two letters"),
}


@pytest.mark.parametrize(("text", "word"), BROKEN.values(), ids=BROKEN)
def test_a_wrong_file_is_an_error_that_names_the_place_and_the_cure(
    tmp_path: Path, keys: IssuerKeys, text: str, word: str
) -> None:
    (tmp_path / "broken.toml").write_text(text + "\n")
    with pytest.raises(ProfileError) as error:
        catalogue.load("broken", [tmp_path], keys)
    assert str(error.value).startswith(f"{tmp_path / 'broken.toml'}:")
    assert word in str(error.value)
    assert "4895370012003479" not in str(error.value)


@pytest.mark.parametrize(
    ("expiry", "day"), [("2802", "280229"), ("3002", "300228"), ("2804", "280430"), ("2812", "281231")]
)
def test_a_card_is_good_to_the_last_day_of_its_month(
    tmp_path: Path, keys: IssuerKeys, terminal: Terminal, expiry: str, day: str
) -> None:
    (tmp_path / "february.toml").write_text(
        f"extends = 'visa-credit'\nid = 'february'\nexpiry = '{expiry}'\n"
    )
    made = catalogue.load("february", [tmp_path], keys)
    assert terminal.chip(made, date=day).verdict is Verdict.APPROVED
    assert any(bytes.fromhex(f"5F2403{day}") in answer for answer in terminal.answers)
    assert not int.from_bytes(terminal.chip(made, date=day).tvr) & tvr.EXPIRED
    assert int.from_bytes(terminal.chip(made, date=f"{int(day[:2]) + 1:02}{day[2:4]}01").tvr) & tvr.EXPIRED
