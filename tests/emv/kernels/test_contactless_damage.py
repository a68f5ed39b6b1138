"""Whatever a tapped card answers to any kernel, the end is an outcome: random answers, and a card that signs with one answer damaged."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from terminal_sim.emv.data import tlv
from terminal_sim.emv.kernels.transaction import transaction
from terminal_sim.emv.talk.answers import (
    CardGone,
    FoundTorn,
    HostDecision,
    ListedCard,
    Loss,
    PinBlock,
    ResponseApdu,
)
from terminal_sim.emv.talk.asks import Command, EnterPin, FindException, FindTorn, GoOnline, Show
from terminal_sim.emv.talk.conversation import KernelAnswer, KernelAsk
from terminal_sim.emv.talk.outcome import Outcome
from terminal_sim.emv.talk.request import Interface
from tests.emv.tapped import AID, StripeCard, TapCard, taking
from tests.emv.terminal import Terminal
from tests.examples import examples

CDOL = "9F02069F03069F1A0295055F2A029A039C019F3704"
ELEMENTS = (0xDF811B, "30"), (0xDF811C, "012C"), (0xDF811D, "01")
KERNELS = (0, 2, 3, 4, 5, 6, 7)
MAX_ASKS = 200

TAGS = [
    0x57,
    0x5A,
    0x5F24,
    0x82,
    0x8C,
    0x8E,
    0x94,
    0x9F10,
    0x9F26,
    0x9F27,
    0x9F36,
    0x9F4B,
    0x9F51,
    0x9F69,
    0x9F6C,
    0x9F61,
    0x9F65,
    0x9F66,
    0x9F67,
    0x9F6B,
]
objects = st.lists(st.tuples(st.sampled_from(TAGS), st.binary(max_size=12)), max_size=8)
templates = st.tuples(st.sampled_from([0x70, 0x77, 0x80]), objects).map(
    lambda made: tlv.encode(made[0], tlv.join(made[1]))
)
statuses = st.sampled_from(
    [b"\x90\x00"] * 4 + [b"\x69\x84", b"\x69\x85", b"\x69\x86", b"\x61\x10", b"\x6c\x05"]
)
answers = st.one_of(
    st.binary(max_size=40),
    st.none(),
    st.tuples(st.one_of(templates, st.binary(max_size=20)), statuses).map(b"".join),
)


def ended(kernel: int, card: TapCard | StripeCard, damaged: dict[int, bytes | None]) -> Outcome:
    """The outcome of a tap whose command of each number in `damaged` is answered by that; None is a card that has left."""
    config = taking(kernel, *ELEMENTS)
    taken = replace(config.applications[0], magstripe_mode=True)
    config = replace(config, applications=(taken,))
    conversation = transaction(config, Terminal(config).request(Interface.CONTACTLESS))
    commands = 0
    try:
        ask: KernelAsk = next(conversation)
        for _ in range(MAX_ASKS):
            answer = _answer(card, ask, damaged, commands)
            commands += isinstance(ask, Command)
            ask = conversation.send(answer)
    except StopIteration as end:
        outcome: Outcome = end.value
        return outcome
    raise AssertionError(f"the kernel asks more than {MAX_ASKS} times")


def _answer(
    card: TapCard | StripeCard, ask: KernelAsk, damaged: dict[int, bytes | None], number: int
) -> KernelAnswer:
    match ask:
        case Command():
            said = damaged[number] if number in damaged else card.transmit(ask.apdu)
            return CardGone(Loss.REMOVED) if said is None else ResponseApdu(said, 5_200)
        case Show():
            return None
        case FindTorn():
            return FoundTorn(None)
        case FindException():
            return ListedCard(False)
        case GoOnline():
            return HostDecision(response_code="00")
        case EnterPin():
            return PinBlock(None)
    raise AssertionError(f"nobody answers {ask!r}")


def genuine(kernel: int) -> TapCard:
    """A card of either path, by the number of the kernel."""
    if kernel in (3, 7):
        return TapCard(fast=True)
    return TapCard(aip="0181", pdol="", cdol=CDOL, record={0x9F51: bytes.fromhex("9F3704")})


@pytest.mark.parametrize("kernel", KERNELS)
def test_a_card_that_is_not_damaged_is_paid_with(kernel: int) -> None:
    outcome = ended(kernel, genuine(kernel), {})
    assert outcome.card is not None


@examples(35)
@given(st.sampled_from(KERNELS), st.integers(0, 8), answers)
def test_one_damaged_answer_ends_in_an_outcome(kernel: int, at: int, answer: bytes | None) -> None:
    outcome = ended(kernel, genuine(kernel), {at: answer})
    assert "1234560012345608" not in repr(outcome)


@examples(25)
@given(st.integers(0, 5), answers)
def test_one_damaged_answer_of_a_card_that_makes_a_track_ends_in_an_outcome(
    at: int, answer: bytes | None
) -> None:
    outcome = ended(2, StripeCard(), {at: answer})
    assert "5123456789012345" not in repr(outcome)


@examples(35)
@given(st.sampled_from(KERNELS), st.lists(answers, min_size=12, max_size=12))
def test_a_card_that_answers_anything_after_its_selection_ends_in_an_outcome(
    kernel: int, said: list[bytes | None]
) -> None:
    ended(kernel, genuine(kernel), {at + 2: answer for at, answer in enumerate(said)})


@examples(25)
@given(st.binary(max_size=60), st.sampled_from(KERNELS))
def test_any_directory_ends_in_an_outcome(entry: bytes, kernel: int) -> None:
    inner = tlv.encode(0xA5, tlv.encode(0xBF0C, tlv.encode(0x61, tlv.encode(0x4F, AID) + entry)))
    ended(kernel, genuine(kernel), {0: tlv.encode(0x6F, inner) + b"\x90\x00"})
