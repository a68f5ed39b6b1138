"""Public conversations by step: the kernel says each recorded command, and the step ends as the recording says."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any, TypeVar

import pytest

from terminal_sim.emv.data import apdu, tags, tlv
from terminal_sim.emv.data.dol import DolError
from terminal_sim.emv.data.tlv import TlvError
from terminal_sim.emv.steps import commands, initiate, read, select
from terminal_sim.emv.steps.card_objects import CardObjects
from terminal_sim.emv.steps.exchange import CardError, Ended, fault
from terminal_sim.emv.steps.select import Candidate
from terminal_sim.emv.steps.state import Transaction
from terminal_sim.emv.talk.answers import ApplicationChoice, ResponseApdu
from terminal_sim.emv.talk.asks import ChooseApplication, Command, Show
from terminal_sim.emv.talk.config import Application
from terminal_sim.emv.talk.conversation import Conversation, KernelAnswer
from terminal_sim.emv.talk.messages import DisplayMessage
from terminal_sim.emv.talk.outcome import Verdict
from terminal_sim.emv.talk.request import Interface
from terminal_sim.emv.talk.rules import Rule
from tests.emv.terminal import Terminal, configuration

FILE = Path(__file__).parents[2] / "vectors" / "emv" / "transcripts.json"
RECORDED: dict[str, dict[str, Any]] = {
    one["id"]: one for one in json.loads(FILE.read_text("utf-8"))["vectors"]
}
T = TypeVar("T")

STOPS_EARLIER = ("read_7",)
"""The kernel reads no record where any entry of the AFL is wrong, the recorded one reads up to that entry."""

CARD_ERROR = (CardError, TlvError, DolError)


def exchanges(name: str) -> list[tuple[bytes, bytes]]:
    """Commands and their whole answers; GET RESPONSE, which a T=0 reader says by itself, is part of the answer before it."""
    found: list[tuple[bytes, bytes]] = []
    for command, answer in (map(bytes.fromhex, pair) for pair in RECORDED[name]["apdus"]):
        if command[1] != 0xC0:
            found.append((command, answer))
        elif answer[-2] != 0x6C:
            found[-1] = found[-1][0], answer[:-2] + found[-1][1]
    return found


def replayed(name: str, conversation: Conversation[T]) -> T:
    """What `conversation` returns or raises, held to the recorded commands; the cardholder takes the first application."""
    left = exchanges(name)
    answer: KernelAnswer | None = None
    try:
        while True:
            ask = next(conversation) if answer is None else conversation.send(answer)
            if isinstance(ask, Command):
                command, said = left.pop(0)
                assert ask.apdu == command
                answer = ResponseApdu(said)
            else:
                assert isinstance(ask, ChooseApplication)
                answer = ApplicationChoice(0)
    except StopIteration as end:
        value: T = end.value
        return value
    finally:
        assert not left or name in STOPS_EARLIER, "the kernel stops before the recording"


def transaction(name: str, applications: tuple[Application, ...] = ()) -> Transaction:
    config = replace(configuration(), applications=applications)
    terminal: dict[str, str] = RECORDED[name].get("terminal", {})
    made = Transaction(config, Terminal(config).request(Interface.CONTACT))
    made.terminal |= {int(tag, 16): bytes.fromhex(value) for tag, value in terminal.items()}
    return made


def supported(name: str) -> tuple[Application, ...]:
    rows = (row.split() for row in RECORDED[name]["supported_aids"])
    return tuple(
        Application(aid=bytes.fromhex(aid), brand="visa", partial=match == "partial") for aid, match in rows
    )


End = tuple[Verdict, Rule]
NONE_SHARED: End = (Verdict.NOT_ACCEPTED, Rule.SELECT_NONE_SHARED)
NONE_LEFT: End = (Verdict.NOT_ACCEPTED, Rule.SELECT_NONE_LEFT)
CARD_BLOCKED: End = (Verdict.BLOCKED, Rule.SELECT_CARD_BLOCKED)

LISTS: dict[str, End | list[str]] = {
    "test_pse_card_blocked": CARD_BLOCKED,
    "test_aid_card_blocked": CARD_BLOCKED,
    "test_nothing_found": NONE_SHARED,
    "test_pse_blocked": NONE_SHARED,
    "test_aid_blocked": (Verdict.BLOCKED, Rule.SELECT_APPLICATION_BLOCKED),
    "test_pse_app_not_supported": NONE_SHARED,
    "test_pse_app_supported": ["VISA CREDIT"],
    "test_pse_multi_app_supported": ["V PAY", "V PAY"],
    "test_aid_multi_exact_match_app_supported": ["V PAY", "V PAY"],
    "test_aid_multi_partial_match_app_supported": ["MASTERCARD", "MASTERCARD"],
    "test_sorted_app_priority": [f"APP {number}" for number in range(1, 8)],
    "test_app_cardholder_confirmation": ["VISA CREDIT"],
}


@pytest.mark.parametrize(("name", "expected"), LISTS.items())
def test_the_candidate_list_is_the_recorded_one(name: str, expected: End | list[str]) -> None:
    conversation = select.candidates(transaction(name, supported(name)))
    if isinstance(expected, tuple):
        with pytest.raises(Ended) as end:
            replayed(name, conversation)
        assert (end.value.verdict, end.value.rule) == expected
    else:
        found = replayed(name, conversation)
        assert [one.label for one in found] == expected
        assert [one.confirm for one in found] == ["confirmation" in name] * len(found)
        assert [one.priority for one in found] == sorted(one.priority for one in found)


SELECTIONS: dict[str, End | type[CardError] | None] = {
    "test_select_app1": NONE_LEFT,
    "test_select_app7": NONE_LEFT,
    "test_select_app4": CardError,
    "test_select_app3": CARD_BLOCKED,
    "test_select_app5": NONE_LEFT,
    "test_select_app2": NONE_LEFT,
    "test_select_app6": NONE_LEFT,
    "test_select_app_success": None,
    "test_repeat_select_app_success": None,
}


@pytest.mark.parametrize(("name", "expected"), SELECTIONS.items())
def test_the_only_candidate_is_selected_or_dropped_as_recorded(
    name: str, expected: End | type[CardError] | None
) -> None:
    command, _ = exchanges(name)[0]
    aid = command[5 : 5 + command[4]]
    only = Candidate(aid, "APP", 1, False, Application(aid=aid, brand="visa"))
    paying = transaction(name)
    conversation = select.choose(paying, [only])
    if expected is None:
        assert replayed(name, conversation) == only
        assert paying.directory[tags.DF_NAME] == aid
    elif isinstance(expected, tuple):
        with pytest.raises(Ended) as end:
            replayed(name, conversation)
        assert (end.value.verdict, end.value.rule) == expected
    else:
        with pytest.raises(expected):
            replayed(name, conversation)


FOLLOWING = bytes.fromhex("A0000000041010")


@pytest.mark.parametrize("name", [name for name, ends in SELECTIONS.items() if isinstance(ends, tuple)])
def test_a_dropped_candidate_is_followed_by_the_next(name: str) -> None:
    command, answer = exchanges(name)[0]
    aid = command[5 : 5 + command[4]]
    good = tlv.encode(0x6F, tlv.encode(0x84, FOLLOWING) + tlv.encode(0xA5, b""))
    application = Application(aid=aid, brand="visa")
    found = [
        Candidate(aid, "first", 1, False, application),
        Candidate(FOLLOWING, "next", 2, False, application),
    ]
    conversation = select.choose(transaction(name), found)
    assert isinstance(next(conversation), ChooseApplication)
    assert conversation.send(ApplicationChoice(0)) == commands.select(aid)
    assert conversation.send(ResponseApdu(answer)) == Show(DisplayMessage.TRY_AGAIN)
    assert conversation.send(None) == commands.select(FOLLOWING)
    with pytest.raises(StopIteration) as end:
        conversation.send(ResponseApdu(good + b"\x90\x00"))
    assert end.value.value.label == "next"


OPTIONS = {
    "gpo_1": ("7800", "080202001001040018010201"),
    "gpo_2": ("3900", "1801020120020400"),
    "gpo_3": apdu.StatusWord.CONDITIONS,
    "gpo_4": ("7800", None),
    "gpo_5": CARD_ERROR,
    "gpo_6": CARD_ERROR,
}


def options(paying: Transaction) -> Conversation[int]:
    response = yield from initiate.get_processing_options(paying)
    if response.sw == apdu.StatusWord.CONDITIONS:
        return response.sw
    if response.sw != apdu.StatusWord.OK:
        raise fault("GET PROCESSING OPTIONS", response.sw)
    initiate.take_processing_options(paying, response.data)
    return response.sw


@pytest.mark.parametrize(("name", "expected"), OPTIONS.items())
def test_processing_options_are_asked_and_read_as_recorded(name: str, expected: Any) -> None:
    paying = transaction(name)
    fci = bytes.fromhex(RECORDED[name]["fci"])
    paying.directory = CardObjects(select._fci_objects(tlv.only(fci, tags.FCI)))
    if expected == CARD_ERROR:
        with pytest.raises(CARD_ERROR):
            replayed(name, options(paying))
    elif isinstance(expected, int):
        assert replayed(name, options(paying)) == expected
    else:
        assert replayed(name, options(paying)) == apdu.StatusWord.OK
        aip, afl = expected
        assert paying.card[tags.AIP].hex().upper() == aip
        assert afl is None or paying.card[tags.AFL].hex().upper() == afl


READ_WELL = ("read_10", "read_11")


def records(name: str, paying: Transaction) -> Conversation[None]:
    yield from read.read_records(paying, bytes.fromhex(RECORDED[name]["afl"]))
    read.require(paying, tags.PAN, tags.EXPIRATION_DATE, tags.CDOL1, tags.CDOL2)


@pytest.mark.parametrize("name", [name for name in RECORDED if name.startswith("read_")])
def test_records_are_read_or_refused_as_recorded(name: str) -> None:
    paying = transaction(name)
    if name in READ_WELL:
        replayed(name, records(name, paying))
        assert paying.card[tags.PAN] == bytes.fromhex("4761739001010119")
    else:
        with pytest.raises(CARD_ERROR):
            replayed(name, records(name, paying))


def test_every_recorded_conversation_is_replayed() -> None:
    records = {name for name in RECORDED if name.startswith("read_")}
    assert RECORDED.keys() - records == {*LISTS, *SELECTIONS, *OPTIONS}
