"""The virtual acquirer: what accounts, rules, packs and scripts decide, and what the trace and scripts get to see."""

from __future__ import annotations

from typing import Any

import pytest
from msgspec.structs import replace

from terminal_sim.core.message import Avs, HostRequest, MessageKind
from terminal_sim.core.money import Money
from terminal_sim.emv.data import tlv
from terminal_sim.emv.keys import derivation, pinblock
from terminal_sim.emv.keys.cryptogram_versions import CardCryptogram
from terminal_sim.host.acquirer import Acquirer
from terminal_sim.host.config import AnswerRule, UnknownCards
from terminal_sim.host.dialect import MessageError
from terminal_sim.host.seen import SOMETIMES_SEEN, sometimes
from terminal_sim.secret import Secret
from tests.host.samples import (
    HOST_FILE,
    MOTO,
    PAN,
    SALE,
    acquirer,
    asked,
    decode_reply,
    encode_request,
    undoing,
)

ACCOUNT: dict[str, Any] = {
    "expiry": "3003",
    "cvc": "737",
    "pin": "1234",
    "postal_code": "K1A 0B1",
    "street_number": "111",
}


def opened(**changes: Any) -> Acquirer:
    host = acquirer()
    host.open_account(PAN, "visa", **{**ACCOUNT, **changes})
    return host


def icc_data(key: Secret[bytes], **changed: bytes) -> bytes:
    """DE 55 with a genuine ARQC of the sample card; `changed` values come too late to be certified."""
    values = {
        0x9F02: bytes.fromhex("000000001000"),
        0x9F03: bytes(6),
        0x9F1A: bytes.fromhex("0124"),
        0x95: bytes(5),
        0x5F2A: bytes.fromhex("0124"),
        0x9A: bytes.fromhex("261121"),
        0x9C: b"\0",
        0x9F37: bytes.fromhex("01020304"),
        0x82: bytes.fromhex("1800"),
        0x9F36: bytes.fromhex("0001"),
        0x9F10: bytes.fromhex("06010A03A00000"),
        0x9F27: b"\x80",
    }
    made = CardCryptogram.of(tlv.join((values | {0x9F26: bytes(8)}).items()))
    card = derivation.icc_key(key, Secret(PAN), "00")
    values[0x9F26] = made.version.cryptogram(card, made.values, made.data)
    values.update({int(name[1:], 16): value for name, value in changed.items()})
    return b"".join(tlv.encode(tag, value) for tag, value in values.items())


def test_a_telephone_order_with_an_unknown_luhn_valid_number_is_approved() -> None:
    reply = asked(acquirer(), MOTO)
    assert (reply.response_code, reply.label, reply.stan, reply.amount) == ("00", "0110", 7, MOTO.amount)
    assert len(reply.auth_code) == 6
    assert len(reply.host_reference) == 12


@pytest.mark.parametrize(
    ("why", "changes", "code"),
    [
        ("not Luhn-valid", {"pan": Secret("4111111111111112")}, "14"),
        ("past its expiry", {"expiry": Secret("2610")}, "54"),
        ("in its last month", {"expiry": Secret("2611")}, "00"),
        ("no card number", {"pan": None}, "30"),
        ("two card numbers", {"track2": Secret("5555555555554444=3003201")}, "30"),
        ("nothing to pay", {"amount": Money(0, "CAD")}, "13"),
        ("a declined test number", {"pan": Secret("4000000000000002")}, "05"),
    ],
)
def test_an_unknown_number_is_answered(why: str, changes: dict[str, Any], code: str) -> None:
    assert asked(acquirer(), replace(MOTO, **changes)).response_code == code, why


def test_a_host_may_decline_all_unknown_numbers() -> None:
    host = acquirer(unknown_cards=UnknownCards(answer="declined:14"))
    host.open_account("5555555555554444", "mastercard")
    assert asked(host, MOTO).response_code == "14"
    assert asked(host, replace(MOTO, stan=8, pan=Secret("5555555555554444"))).response_code == "00"


@pytest.mark.parametrize(
    ("why", "account", "changes", "code"),
    [
        ("all agrees", {}, {}, "00"),
        ("another expiry", {}, {"expiry": Secret("3004")}, "54"),
        ("a wrong CVC", {}, {"cvc": Secret("738")}, "N7"),
        ("no CVC on either side", {"cvc": ""}, {}, "00"),
        ("the issuer declines", {"response_code": "05"}, {}, "05"),
        ("the balance covers it", {"balance": 1000}, {}, "00"),
        ("the balance is short by a cent", {"balance": 999}, {}, "51"),
    ],
)
def test_an_account_decides(why: str, account: dict[str, Any], changes: dict[str, Any], code: str) -> None:
    assert asked(opened(**account), replace(MOTO, **changes)).response_code == code, why


def test_an_expiry_stands_in_track_2_as_well() -> None:
    assert asked(opened(expiry="3004"), SALE).response_code == "54"
    assert asked(opened(expiry="3003"), SALE).response_code == "00"


def test_a_track_without_expiry_is_not_compared() -> None:
    assert asked(opened(), replace(SALE, track2=Secret(f"{PAN}==201"))).response_code == "00"


def test_a_card_without_an_expiry_anywhere_is_not_compared() -> None:
    assert asked(opened(), replace(MOTO, expiry=None)).response_code == "00"


def test_a_balance_is_spent_and_comes_back_with_a_void() -> None:
    host = opened(balance=1500)
    assert asked(host, MOTO).response_code == "00"
    second = replace(MOTO, stan=9, reference="SECOND")
    assert asked(host, second).response_code == "51"
    assert asked(host, undoing(MOTO, MessageKind.VOID)).response_code == "00"
    assert asked(host, replace(MOTO, stan=10, reference="THIRD")).response_code == "00"


@pytest.mark.parametrize(
    ("postal_code", "street_number", "result"),
    [
        ("K1A0B1", "111", "match"),
        ("k1a 0b1", "111", "match"),
        ("101", "111", "match"),
        ("K1A0B1", "112", "postal-only"),
        ("K1A0B1", "", "postal-only"),
        ("H2X1Y4", "111", "street-only"),
        ("H2X1Y4", "112", "no-match"),
        ("", "", "unknown"),
    ],
)
def test_an_address_is_compared(postal_code: str, street_number: str, result: str) -> None:
    request = replace(MOTO, avs=Avs(postal_code=postal_code, street_number=street_number))
    reply = asked(opened(), request)
    assert (reply.avs_result, reply.response_code) == (result, "00")


def test_an_address_of_an_unknown_card_is_unknown_and_none_asked_is_none_answered() -> None:
    assert asked(acquirer(), replace(MOTO, avs=Avs(postal_code="K1A0B1"))).avs_result == "unknown"
    assert asked(acquirer(), MOTO).avs_result == ""


def test_an_address_check_may_decline() -> None:
    host = acquirer(avs={"no-match": "05"})
    host.open_account(PAN, "visa", **ACCOUNT)
    assert asked(host, replace(MOTO, avs=Avs(postal_code="9", street_number="9"))).response_code == "05"
    good = replace(MOTO, stan=8, avs=Avs(postal_code="K1A0B1", street_number="111"))
    assert asked(host, good).response_code == "00"


@pytest.mark.parametrize(("pin", "code"), [("1234", "00"), ("1235", "55")])
def test_an_online_pin_is_compared(pin: str, code: str) -> None:
    host = opened()
    block = pinblock.encipher(pinblock.format0(Secret(pin), Secret(PAN)), host.pin_key)
    assert asked(host, replace(SALE, pin_block=block)).response_code == code


def test_a_pin_block_under_another_key_is_a_wrong_pin() -> None:
    block = pinblock.encipher(pinblock.format0(Secret("1234"), Secret(PAN)), Secret(bytes(range(16))))
    assert asked(opened(), replace(SALE, pin_block=block)).response_code == "55"


def test_a_card_without_a_pin_at_its_issuer_is_not_asked_for_the_right_one() -> None:
    assert asked(opened(pin=""), replace(SALE, pin_block=Secret(bytes(8)))).response_code == "00"


def test_a_genuine_cryptogram_is_answered_with_the_issuers_own() -> None:
    host = opened()
    data = icc_data(host.issuer_keys.cryptograms)
    reply = asked(host, replace(SALE, icc_data=data))
    assert reply.response_code == "00"
    card = derivation.icc_key(host.issuer_keys.cryptograms, Secret(PAN), "00")
    expected = CardCryptogram.of(data).authentication_data(card, "00")
    assert tlv.split(reply.icc_data) == [(0x91, expected)]


@pytest.mark.parametrize(
    ("why", "changed"),
    [
        ("the amount was changed on the way", {"t9F02": bytes(6)}),
        ("the cryptogram is another", {"t9F26": bytes(8)}),
        ("it is a TC, not an ARQC", {"t9F27": b"\x40"}),
        ("the counter has one byte", {"t9F36": b"\0"}),
    ],
)
def test_a_cryptogram_that_is_not_the_cards_is_declined_82(why: str, changed: dict[str, bytes]) -> None:
    host = opened()
    reply = asked(host, replace(SALE, icc_data=icc_data(host.issuer_keys.cryptograms, **changed)))
    assert reply.response_code == "82", why


def test_icc_data_that_are_no_tlv_are_declined_82_without_an_arpc() -> None:
    reply = asked(opened(), replace(SALE, icc_data=b"\x9f"))
    assert (reply.response_code, reply.icc_data) == ("82", b"")


def test_a_decline_is_authenticated_too_so_that_the_card_believes_it() -> None:
    host = opened(response_code="05")
    data = icc_data(host.issuer_keys.cryptograms)
    reply = asked(host, replace(SALE, icc_data=data))
    assert tlv.split(reply.icc_data)[0][1].endswith(b"05")


def test_a_card_of_another_issuer_pays_without_an_arpc() -> None:
    host = acquirer()
    reply = asked(host, replace(SALE, icc_data=icc_data(Secret(bytes(16)))))
    assert (reply.response_code, reply.icc_data) == ("00", b"")


def test_a_forwarded_offline_payment_carries_a_tc_and_is_charged() -> None:
    host = opened()
    data = icc_data(host.issuer_keys.cryptograms, t9F27=b"\x40")
    advice = replace(SALE, kind=MessageKind.ADVICE, icc_data=data)
    reply = asked(host, advice)
    assert (reply.label, reply.response_code, host.net(advice.reference)) == ("0230", "00", 1000)


def test_the_first_rule_that_fits_decides() -> None:
    rules = (
        AnswerRule(amount=1000, kind=MessageKind.SALE, answer="declined:61"),
        AnswerRule(amount=1000, answer="partial:400"),
    )
    host = acquirer(rules=rules)
    assert asked(host, SALE).response_code == "61"
    reply = asked(host, MOTO)
    assert (reply.response_code, reply.authorised) == ("10", Money(400, "CAD"))
    assert "a rule answers partial:400" in str(host.messages[-1].fields["note"])


def test_an_amount_pack_decides_and_says_so() -> None:
    host = Acquirer.load(HOST_FILE, pack="adyen-amounts")
    request = replace(SALE, amount=Money(5124, "CAD"))
    answer = host.respond(encode_request(request))
    assert answer.reply is not None
    assert decode_reply(answer.reply).response_code == "51"
    assert decode_reply(answer.reply).text == "NOT_ENOUGH_BALANCE"
    assert answer.note.startswith("pack adyen-amounts: an amount that ends in 124 is answered 51")


def test_an_amount_pack_leaves_other_amounts_and_refunds_alone() -> None:
    host = Acquirer.load(HOST_FILE, pack="adyen-amounts")
    assert asked(host, SALE).response_code == "00"
    assert host.messages[-1].fields.get("note") is None
    refund = replace(SALE, kind=MessageKind.REFUND, amount=Money(5124, "CAD"), reference="R", stan=9)
    assert asked(host, refund).response_code == "00"


def test_no_amount_is_magic_unless_a_pack_is_named() -> None:
    assert asked(acquirer(), replace(SALE, amount=Money(5124, "CAD"))).response_code == "00"


def test_scripted_answers_come_in_order_and_end() -> None:
    host = acquirer()
    host.script(["declined", "declined:51", "approved"])
    asked_for = [replace(SALE, stan=n, reference=f"R{n}") for n in (1, 2, 3, 4)]
    assert [asked(host, r).response_code for r in asked_for] == ["05", "51", "00", "00"]


def test_a_script_with_one_wrong_word_queues_nothing() -> None:
    host = acquirer()
    with pytest.raises(ValueError, match="'aproved' is no answer of a host"):
        host.script(["declined", "aproved"])
    assert asked(host, SALE).response_code == "00"


def test_a_scripted_approval_overrules_the_account() -> None:
    host = opened(response_code="05")
    host.script(["approved"])
    assert asked(host, MOTO).response_code == "00"
    assert host.net(MOTO.reference) == 1000


def test_a_scripted_approval_does_not_overrule_the_books() -> None:
    host = acquirer()
    host.script(["approved"])
    assert asked(host, undoing(MOTO, MessageKind.VOID)).response_code == "25"


def test_a_timeout_charges_and_stays_silent() -> None:
    host = acquirer()
    host.script(["timeout"])
    assert host.respond(encode_request(SALE)).reply is None
    assert host.net(SALE.reference) == 1000


def test_a_late_answer_comes_after_its_time() -> None:
    host = acquirer()
    host.script(["late:30s"])
    answer = host.respond(encode_request(SALE))
    assert answer.delay == 30_000_000 + host.config.delay
    assert answer.reply is not None


def test_garbage_charges_and_is_no_message() -> None:
    host = acquirer()
    host.script(["garbage"])
    answer = host.respond(encode_request(SALE))
    assert answer.reply is not None
    with pytest.raises(MessageError):
        decode_reply(answer.reply)
    assert host.net(SALE.reference) == 1000


def test_a_partial_approval_charges_its_amount_and_a_full_one_is_none() -> None:
    host = acquirer()
    host.script(["partial:400", "partial:1000"])
    part = asked(host, SALE)
    assert (part.response_code, part.amount, part.authorised) == ("10", SALE.amount, Money(400, "CAD"))
    whole = asked(host, replace(SALE, stan=8, reference="R8"))
    assert (whole.response_code, whole.authorised) == ("00", None)
    assert (host.net(SALE.reference), host.net("R8")) == (400, 1000)


def test_what_is_no_message_is_met_with_silence_and_a_note() -> None:
    answer = acquirer().respond(b"\x01\x00rubbish")
    assert answer.reply is None
    assert answer.note.startswith("not understood: ")


def test_a_seen_message_is_flat_and_masked() -> None:
    host = opened()
    block = pinblock.encipher(pinblock.format0(Secret("1234"), Secret(PAN)), host.pin_key)
    request = replace(
        MOTO,
        avs=Avs(postal_code="K1A0B1", street_number="111"),
        pin_block=block,
        track2=Secret(f"{PAN}=3003201"),
    )
    asked(host, request)
    (seen,) = host.messages
    assert (seen.kind, seen.mti) == ("moto", "0100")
    assert seen.fields == {
        "terminal": "T0000001",
        "merchant": "TSIM00000000001",
        "stan": 7,
        "reference": MOTO.reference,
        "amount": 1000,
        "currency": "CAD",
        "entry": "keyed",
        "at": "2026-11-21 20:40:01",
        "response": "00",
        "pan": "411111******1111",
        "postal-code": "K1A0B1",
        "street-number": "111",
        "avs": "match",
        "auth-code": "000001",
        "host-reference": "632520000001",
    }
    shown = repr(host.messages) + repr(host.entries())
    assert PAN not in shown
    assert "737" not in shown.replace(MOTO.reference, "")
    assert block.reveal().hex() not in shown


def test_each_field_that_a_seen_message_may_have_can_be_named() -> None:
    assert tuple(sometimes(MOTO, None, "")) == SOMETIMES_SEEN


def test_a_seen_void_names_its_original() -> None:
    host = acquirer()
    asked(host, MOTO)
    asked(host, undoing(MOTO, MessageKind.VOID))
    fields = host.messages[-1].fields
    assert (fields["original"], fields["original-stan"], fields["reason"]) == (MOTO.reference, 7, "4000")


def test_a_message_whose_answer_gets_lost_is_seen_with_its_code() -> None:
    host = acquirer()
    host.script(["timeout"])
    host.respond(encode_request(SALE))
    assert host.messages[-1].fields["response"] == "00"


@pytest.mark.parametrize("request_", [SALE, replace(SALE, repeat=True)], ids=["the same again", "a repeat"])
def test_the_same_request_gets_the_same_answer_and_is_charged_once(request_: HostRequest) -> None:
    host = acquirer()
    first = asked(host, SALE)
    assert asked(host, request_) == first
    assert host.net(SALE.reference) == 1000
    assert len(host.entries()) == 1


def test_the_same_names_with_another_amount_are_declined_94() -> None:
    host = acquirer()
    asked(host, SALE)
    assert asked(host, replace(SALE, amount=Money(2000, "CAD"))).response_code == "94"
    assert host.net(SALE.reference) == 1000


def test_a_declined_request_stays_declined_when_it_is_repeated() -> None:
    host = acquirer()
    host.script(["declined:51"])
    assert asked(host, SALE).response_code == "51"
    assert asked(host, replace(SALE, repeat=True)).response_code == "51"


def test_a_refused_reversal_is_judged_anew() -> None:
    host = acquirer()
    asked(host, SALE)
    host.script(["declined"])
    reversal = undoing(SALE, MessageKind.REVERSAL)
    assert asked(host, reversal).response_code == "05"
    assert host.net(SALE.reference) == 1000
    assert asked(host, replace(reversal, repeat=True)).response_code == "00"
    assert host.net(SALE.reference) == 0


def test_equal_runs_give_equal_answers() -> None:
    def run() -> list[bytes | None]:
        host = opened()
        return [
            host.respond(encode_request(replace(SALE, stan=n, reference=f"R{n}"))).reply for n in (1, 2, 3)
        ]

    assert run() == run()
