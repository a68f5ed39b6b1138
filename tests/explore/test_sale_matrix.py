"""Each card ends a sale as its file says, and the matrix of cards, terminals, languages and answers keeps the books in order."""

from __future__ import annotations

from functools import cache

import pytest

from terminal_sim import profile as profiles
from terminal_sim.bench import Bench
from terminal_sim.cards import catalogue
from terminal_sim.explore.sale import WAYS_IN, PlannedSale, SaleEnd, SaleRunner, sales
from terminal_sim.explore.sale_matrix import condition_of, matrix

STANDALONE = tuple(name for name in profiles.names() if profiles.load(name).family == "standalone")
ANSWERS = ("", "approved", "declined:51", "declined:01", "timeout", "garbage", "late:5s", "partial:500")
CARDS = tuple(catalogue.names())
WITHOUT_MONEY = ("insert-instead", "swipe-instead", "not-accepted", "card-error", "see-phone")
RUNNER = SaleRunner()

SLICE = list(sales(profiles=("v400m",), cards=CARDS, locales=("en-CA",), runner=RUNNER))
CONDITIONS = list(
    sales(
        profiles=STANDALONE,
        cards=("visa-credit-fr", "mastercard-pin", "visa-stripe"),
        locales=("en-CA", "fr-CA"),
        answers=ANSWERS[:5],
        online=(True, False),
        runner=RUNNER,
    )
)


def shown(sale: PlannedSale) -> str:
    return f"{sale.card} {sale.way} {condition_of(sale)}"


@cache
def expected_of(card: str, way: str) -> str:
    """What the file of the card says of this way in."""
    with Bench(trace=False, texts=RUNNER.texts) as bench:
        return str(getattr(bench.card(card).personality.expected, way))


def wrong_with(sale: PlannedSale, end: SaleEnd) -> list[str]:
    """What contradicts the card's file, the answer or the link in how a sale ended."""
    found = list(end.violations)
    if end.screen == "offline-not-allowed" and not sale.online:
        return found
    expected = expected_of(sale.card, sale.way)
    if expected == "swipe-instead" and not profiles.load(sale.profile).entries.stripe:
        expected = "card-error"
    if not end.screen:
        found.append("no screen says how it ended")
    if expected in WITHOUT_MONEY and end.screen != expected:
        found.append(f"{end.screen}, whatever the host answers: {expected}")
    if not end.text and end.screen:
        found.append("the screen has no title")
    paid = end.screen == "approved"
    if paid and (not sale.online or sale.answer.startswith(("declined", "timeout", "garbage"))):
        found.append("approved without an approval")
    if sale.online and sale.answer == "" and end.screen != expected:
        found.append(f"{end.screen}, not {expected}")
    if not paid and expected not in WITHOUT_MONEY and sale.way != "stripe" and not end.reason:
        found.append("no reason is given")
    return found


@pytest.mark.parametrize("sale", SLICE, ids=shown)
def test_a_sale_ends_as_the_file_of_the_card_says(sale: PlannedSale) -> None:
    assert wrong_with(sale, RUNNER.run(sale)) == []


def test_every_bundled_card_says_what_it_is_for_and_how_each_way_in_ends() -> None:
    with Bench(trace=False, texts=RUNNER.texts) as bench:
        for name in CARDS:
            card = bench.card(name)
            assert card.personality.purpose is not None, name
            assert card.personality.purpose.en != card.personality.purpose.fr
            for way in WAYS_IN:
                said = bool(getattr(card.personality.expected, way))
                assert said == (getattr(card, way) is not None), f"{name}: {way}"


@pytest.mark.parametrize("sale", CONDITIONS, ids=shown)
def test_answers_links_and_languages_change_what_they_should(sale: PlannedSale) -> None:
    end = RUNNER.run(sale)
    assert wrong_with(sale, end) == []
    assert RUNNER.run(sale) == end, "the same sale ends the same way"


def test_a_sale_is_said_in_the_language_of_the_terminal() -> None:
    ends = [
        RUNNER.run(PlannedSale(profile="v400m", card="visa-stripe", way="stripe", locale=locale)).text
        for locale in ("en-CA", "fr-CA")
    ]
    assert ends == ["Approved", "Approuvé"]


def test_the_matrix_has_a_row_for_each_card_and_way_and_a_column_for_each_condition() -> None:
    made = matrix(
        sales(
            profiles=("v400m",),
            cards=("visa-credit", "visa-stripe"),
            ways=("chip", "stripe"),
            locales=("en-CA",),
            answers=("", "declined:51"),
            online=(True, False),
            runner=RUNNER,
        ),
        RUNNER,
    )
    assert made.columns == (
        "card",
        "way in",
        "v400m en-CA online",
        "v400m en-CA host answers declined:51",
        "v400m en-CA network down",
    )
    assert made.rows[0] == (
        "visa-credit",
        "chip",
        "approved",
        "declined: declined by the issuer (51)",
        "no-connection: the issuer could not be reached",
    )
    assert [row[:2] for row in made.rows] == [
        ("visa-credit", "chip"),
        ("visa-credit", "stripe"),
        ("visa-stripe", "stripe"),
    ]


@pytest.mark.soak
@pytest.mark.parametrize("profile", profiles.names())
def test_the_whole_matrix_ends_in_order(profile: str) -> None:
    every = sales(
        profiles=(profile,),
        cards=CARDS,
        locales=tuple(profiles.load(profile).languages),
        answers=ANSWERS,
        online=(True, False),
        runner=RUNNER,
    )
    wrong = [f"{shown(sale)}: {found}" for sale in every if (found := wrong_with(sale, RUNNER.run(sale)))]
    assert wrong == []


GENUINE = ("visa-sda", "visa-dda", "visa-offline", "mastercard-offline")
NOT_GENUINE = ("visa-wrong-certificate", "visa-wrong-signature", "visa-revoked")


@pytest.mark.parametrize(
    ("card", "offline"),
    [
        *((card, "approved") for card in GENUINE),
        *((card, "no-connection") for card in NOT_GENUINE),
        ("visa-credit", "no-connection"),
    ],
)
def test_a_card_that_proves_itself_pays_without_the_issuer_and_another_is_decided_online(
    card: str, offline: str
) -> None:
    ends = [
        RUNNER.run(
            PlannedSale(
                profile="v400m",
                card=card,
                way="chip",
                locale="en-CA",
                online=online,
                kernel="offline-capable",
            )
        )
        for online in (True, False)
    ]
    assert [end.screen for end in ends] == ["approved", offline]
    assert [end.violations for end in ends] == [(), ()]
