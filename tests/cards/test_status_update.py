"""What a card does by the card status update of its issuer (EMV Book 3, C10), and what wear does to its answers."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest

from terminal_sim.bench import Bench
from terminal_sim.cards import catalogue
from terminal_sim.cards.catalogue import VirtualCard
from terminal_sim.cards.profile.faces import CardWish
from terminal_sim.cards.profile.traits import Wear
from terminal_sim.cards.system import status_update
from terminal_sim.cards.system.memory import AccountState, Memory
from terminal_sim.display.texts import Texts
from terminal_sim.emv.data import tags, tlv
from terminal_sim.emv.keys.derivation import IssuerKeys
from terminal_sim.secret import Secret

Cards = Callable[[str], VirtualCard]
KEYS = IssuerKeys(Secret(bytes(16))).of_card(Secret("4111111111111111"), "01")
BEFORE = AccountState(tries_left=1, atc=7, last_online=2, offline_payments=3, offline_amount=500)

UPDATES: dict[str, tuple[str, dict[str, object]]] = {
    "an answer of method 1 counts anew": ("", {"offline_payments": 0, "offline_amount": 0}),
    "counters stay": ("00800000", {"offline_payments": 3, "offline_amount": 500}),
    "counters begin anew": ("00820000", {"offline_payments": 0, "offline_amount": 0}),
    "tries are given": ("02900000", {"tries_left": 2}),
    "no more tries than there are": ("0F900000", {"tries_left": 3}),
    "tries are left alone": ("02800000", {"tries_left": 1}),
    "online next": ("00880000", {"online_next": True}),
    "the application is blocked": ("00200000", {"blocked": "application"}),
    "the card is blocked": ("00600000", {"blocked": "card"}),
}


@pytest.mark.parametrize(("update", "changed"), UPDATES.values(), ids=UPDATES)
def test_a_card_does_what_its_issuer_says(update: str, changed: dict[str, object]) -> None:
    memory = Memory(KEYS, BEFORE, most_tries=3)
    status_update.obey(bytes.fromhex(update), memory)
    assert {name: getattr(memory.now, name) for name in changed} == changed
    assert (memory.now.last_online, memory.now.atc) == (7, 7)


def test_a_card_that_is_to_go_online_approves_nothing_by_itself(card: Cards) -> None:
    made = card("visa-offline")
    face = made.chip
    assert face is not None
    kinds = []
    for wanted in (False, True):
        made.memory.accounts[0].keep(online_next=wanted)
        for command in ("00A4040007A000000003101000", "80A8000002830000"):
            face.transmit(bytes.fromhex(command))
        answer = face.transmit(bytes.fromhex("80AE40001D" + "00" * 29 + "00"))
        [(tag, value)] = tlv.split(answer[:-2])
        kinds.append(value[0] if tag == tags.RESPONSE_FORMAT_1 else value[3])
    assert kinds == [0x40, 0x80]


WISHES: list[tuple[CardWish, int]] = [
    ("online-if-oda-failed", 0x20),
    ("switch-if-oda-failed", 0x10),
    ("online-if-expired", 0x08),
    ("switch-for-cash", 0x04),
    ("switch-for-cashback", 0x02),
    ("not-at-atm", 0x01),
]


@pytest.mark.parametrize(("wish", "bit"), WISHES)
def test_a_wish_is_a_bit_of_the_ctq(card: Cards, keys: IssuerKeys, wish: CardWish, bit: int) -> None:
    personality = card("visa-credit").personality
    assert personality.contactless is not None
    wishing = replace(personality, contactless=replace(personality.contactless, wishes=(wish,)))
    face = catalogue.make(wishing, keys).contactless
    assert face is not None
    face.transmit(bytes.fromhex("00A4040007A000000003101000"))
    answer = face.transmit(bytes.fromhex("80A80000238321B600400000" + "00" * 28 + "00"))
    assert dict(tlv.split(tlv.only(answer[:-2], tags.RESPONSE_FORMAT_2)))[tags.CTQ][0] == bit


def test_wear_loses_as_many_answers_as_it_says_and_always_the_same(card: Cards, keys: IssuerKeys) -> None:
    personality = card("visa-worn").personality
    assert personality.chip is not None
    lost = []
    for wear in (Wear(percent=20, seed=3), Wear(percent=20, seed=3), Wear(percent=20, seed=4)):
        face = catalogue.make(replace(personality, chip=replace(personality.chip, wear=wear)), keys).chip
        assert face is not None
        lost.append([face.transmit(bytes.fromhex("80CA9F3600")) == b"" for _ in range(200)])
    assert lost[0] == lost[1] != lost[2]
    assert 25 <= sum(lost[0]) <= 55


def test_a_worn_card_fails_now_and_then_and_the_books_stay_in_order() -> None:
    with Bench(texts=Texts.load()) as bench:
        till = bench.add_terminal("v400m")
        ends = []
        for _ in range(8):
            for key in ("OK", "1", "0", "0", "0", "OK"):
                till.press(key)
            till.insert("visa-worn")
            bench.advance(2_000_000)
            ends.append(till.view().screen.id)
            till.remove_card()
            bench.advance(60_000_000)
            if till.view().screen.id != "start":
                till.press("CANCEL")
                bench.advance(60_000_000)
        assert ends[0] == "approved"
        assert set(ends) > {"approved"}
