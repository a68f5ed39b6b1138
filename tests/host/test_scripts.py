"""Issuer scripts: what `host sends` takes, and in which answers they go out."""

from __future__ import annotations

import pytest
from msgspec.structs import replace

from terminal_sim.bench import Bench
from terminal_sim.core.message import EntryMode, HostReply, MessageKind
from terminal_sim.emv.data import tags, tlv
from terminal_sim.host.acquirer import Acquirer
from terminal_sim.host.scripts import IssuerScript
from tests.host.samples import SALE, asked
from tests.host.test_counters import opened, request

BLOCK, UNBLOCK = "841E0000", "84180000"


@pytest.mark.parametrize("text", ["72 841E0000", "71 841E0000 84180000", "72 84DA9F1401030102030405060708"])
def test_a_script_is_written_as_it_is_read(text: str) -> None:
    assert str(IssuerScript.parse(text.split())) == text


def test_a_script_without_a_template_runs_after_the_final_cryptogram() -> None:
    assert IssuerScript.parse([BLOCK]).template == tags.SCRIPT_AFTER


@pytest.mark.parametrize(
    ("words", "says"),
    [
        ([], "a script has a command"),
        (["72"], "a script has a command"),
        (["73", BLOCK], "'73' is no command for a card"),
        (["841E00"], "'841E00' is no command for a card"),
        (["841E000"], "'841E000' is no command for a card"),
        (["72", "block"], "'block' is no command for a card"),
        (["84" * 230], "does not fit into an answer"),
    ],
)
def test_what_is_no_script_is_refused_with_the_word(words: list[str], says: str) -> None:
    with pytest.raises(ValueError, match=says):
        IssuerScript.parse(words)


def scripts(reply: HostReply) -> list[tuple[int, bytes]]:
    return [one for one in tlv.split(reply.icc_data) if one[0] in (tags.SCRIPT_BEFORE, tags.SCRIPT_AFTER)]


def sending(*lines: str) -> Acquirer:
    host = opened()
    for line in lines:
        host.send(line.split())
    return host


def test_scripts_go_into_the_next_answer_to_a_chip_in_their_order() -> None:
    host = sending(f"71 {BLOCK}", f"72 {UNBLOCK} {BLOCK}")
    stripe = replace(SALE, stan=9, reference="STRIPE")
    tapped = replace(request(8, 8), entry=EntryMode.CONTACTLESS)
    advice = request(7, 7, kind=MessageKind.ADVICE)
    for other in (stripe, tapped, advice):
        assert scripts(asked(host, other)) == []
    before, after = scripts(asked(host, request(10, 10)))
    assert (before[0], after[0]) == (0x71, 0x72)
    assert [tag for tag, _ in tlv.split(after[1])] == [tags.SCRIPT_IDENTIFIER, 0x86, 0x86]
    assert tlv.split(before[1])[0] != tlv.split(after[1])[0], "each has an identifier of its own"
    assert scripts(asked(host, request(11, 11))) == []
    assert host.messages[-2].fields["script"] == f"71 {BLOCK}, 72 {UNBLOCK} {BLOCK}"


def test_a_decline_carries_scripts_as_well() -> None:
    host = sending(BLOCK)
    host.script(["declined:51"])
    reply = asked(host, request(1, 1))
    assert (reply.response_code, len(scripts(reply))) == ("51", 1)


def test_what_does_not_fit_waits_for_the_answer_after_it() -> None:
    host = sending(*["84" * 90] * 3)
    assert [len(scripts(asked(host, request(stan, stan)))) for stan in (1, 2, 3)] == [2, 1, 0]


def test_a_repeated_message_gets_the_same_scripts() -> None:
    host = sending(BLOCK)
    sale = request(1, 1)
    assert asked(host, sale) == asked(host, replace(sale, repeat=True))


def test_scripts_that_wait_are_part_of_a_saved_acquirer() -> None:
    host, later = sending(BLOCK), opened()
    later.restore(host.snapshot())
    assert len(scripts(asked(later, request(1, 1)))) == 1


def test_results_of_scripts_are_shown_in_the_log() -> None:
    host = opened()
    sale = request(1, 1)
    asked(host, replace(sale, icc_data=sale.icc_data + tlv.encode(tags.SCRIPT_RESULTS, b"\x20\0\0\0\1")))
    assert host.messages[0].fields["script-results"] == "2000000001"


def test_a_card_gets_the_commands_of_a_script() -> None:
    with Bench() as bench:
        till = bench.add_terminal("v400m")
        bench.host_sends(["72", BLOCK])
        for key in ("OK", "1", "0", "0", "0", "OK"):
            till.press(key)
        assert till.conditions() == ["host sends 72 841E0000"]
        till.insert("visa-credit")
        bench.settle()
        bench.advance(2_000_000)
        sent = [str(entry) for entry in bench.trace.entries if "APPLICATION BLOCK" in str(entry)]
        assert sent
        assert till.conditions() == []
