"""Dialects are files: the shipped ones say what the standard says, and one with a fault is refused with its place and the cure."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import iso8583
import pytest
from iso8583.specs import default, default_ascii
from msgspec.structs import replace

from terminal_sim.core.batch_totals import BatchTotals
from terminal_sim.core.message import EntryMode, HostReply, HostRequest, MessageClass, MessageKind, Original
from terminal_sim.core.money import Money
from terminal_sim.datafiles.sources import ProfileError
from terminal_sim.errors import BenchMisuse
from terminal_sim.host.dialect import MessageError
from terminal_sim.host.iso8583.load import bundled_dialects, load_dialect
from terminal_sim.secret import Secret
from tests.host.dialects import LIBRARY
from tests.host.samples import MOTO, PAN, SALE, undoing

YEAR_1993 = load_dialect("iso8583-1993")
TEXT = load_dialect("iso8583-1987-ascii")

FIELDS_1993: dict[str, dict[str, Any]] = {
    **default,
    "12": {**default["12"], "max_len": 12},
    "22": {**default["22"], "max_len": 12},
    "25": {**default["25"], "max_len": 4},
    "39": {**default["39"], "max_len": 3},
    "44": {**default["44"], "len_type": 2, "max_len": 99},
    "48": {**default["48"], "data_enc": "b", "len_enc": "ascii"},
    "52": {**default["52"], "data_enc": "b", "max_len": 8},
    "55": {**default["55"], "data_enc": "b", "len_enc": "ascii"},
    "56": {**default["56"], "len_type": 2, "max_len": 35},
}
"""The library's own table of ISO 8583:1987, changed where :1993 says another form."""


def read_1993(message: bytes) -> dict[str, str]:
    return dict(iso8583.decode(message, FIELDS_1993)[0])


CHIP = replace(
    SALE,
    entry=EntryMode.CHIP,
    track2=None,
    pan=Secret(PAN),
    expiry=Secret("3003"),
    sequence="01",
    icc_data=bytes.fromhex("9F270180"),
    pin_block=Secret(bytes(range(8))),
)


def test_a_chip_sale_of_1993_is_what_a_library_of_others_reads() -> None:
    fields = read_1993(YEAR_1993.encode_request(CHIP))
    assert {name: text for name, text in fields.items() if name not in ("p", "h")} == {
        "t": "1100", "2": PAN, "3": "000000", "4": "000000001000", "7": "1121204001", "11": "000007", "12": "261121204001",
        "14": "3003", "22": "510101500344", "23": "001", "24": "100", "41": "T0000001", "42": "TSIM00000000001",
        "48": (b"\x01\x13" + SALE.reference.encode()).hex().upper(), "49": "124", "52": "0001020304050607", "55": "9F270180",
    }  # fmt: skip


REVERSALS = [
    (MessageKind.REVERSAL, False, "4021", "1420", "000000"),
    (MessageKind.REVERSAL, True, "4021", "1421", "000000"),
    (MessageKind.VOID, False, "4000", "1420", "020000"),
]


@pytest.mark.parametrize(("kind", "repeat", "reason", "mti", "processing"), REVERSALS)
def test_what_undoes_a_payment_in_1993_says_its_reason_and_its_original(
    kind: MessageKind, repeat: bool, reason: str, mti: str, processing: str
) -> None:
    fields = read_1993(YEAR_1993.encode_request(undoing(MOTO, kind, repeat=repeat, reason=reason)))
    assert {name: fields[name] for name in ("t", "3", "22", "24", "25", "56")} == {
        "t": mti, "3": processing, "22": "510120600344", "24": "400", "25": reason, "56": "1100000007" + "0" * 25,
    }  # fmt: skip


def test_a_reply_of_1993_by_other_hands_is_read() -> None:
    message, _ = iso8583.encode(
        {"t": "1110", "4": "000000001000", "11": "000007", "37": "632520000001", "38": "A1B2C3", "39": "116", "41": "T0000001", "49": "124"},
        FIELDS_1993,
    )  # fmt: skip
    assert YEAR_1993.decode_reply(bytes(message)) == HostReply(
        message_class=MessageClass.AUTHORISATION,
        terminal="T0000001",
        stan=7,
        amount=Money(1000, "CAD"),
        response_code="51",
        auth_code="A1B2C3",
        host_reference="632520000001",
    )


def reply(message_class: MessageClass, code: str) -> HostReply:
    return HostReply(
        message_class=message_class, terminal="T1", stan=1, amount=Money(1, "CAD"), response_code=code
    )


ACTIONS = [
    (MessageClass.AUTHORISATION, "00", "000"),
    (MessageClass.AUTHORISATION, "10", "002"),
    (MessageClass.FINANCIAL, "05", "100"),
    (MessageClass.ADVICE, "54", "101"),
    (MessageClass.REVERSAL, "00", "400"),
    (MessageClass.REVERSAL, "21", "480"),
    (MessageClass.REVERSAL, "25", "914"),
]


@pytest.mark.parametrize(("message_class", "code", "action"), ACTIONS)
def test_a_response_code_is_the_action_code_of_its_kind_of_message(
    message_class: MessageClass, code: str, action: str
) -> None:
    message = YEAR_1993.encode_reply(reply(message_class, code))
    assert read_1993(message)["39"] == action
    assert YEAR_1993.decode_reply(message).response_code == code


def test_an_action_code_that_the_dialect_does_not_have_is_refused_both_ways() -> None:
    with pytest.raises(MessageError, match="no code for the response ZZ"):
        YEAR_1993.encode_reply(reply(MessageClass.FINANCIAL, "ZZ"))
    message = YEAR_1993.encode_reply(reply(MessageClass.AUTHORISATION, "51"))
    with pytest.raises(MessageError, match="the response code has none of its values"):
        YEAR_1993.decode_reply(message.replace(b"116", b"777"))


@pytest.mark.parametrize(
    "request_", [SALE, MOTO, undoing(MOTO, MessageKind.VOID)], ids=lambda r: r.kind.value
)
def test_a_request_in_text_is_read_by_the_library_s_own_table(request_: HostRequest) -> None:
    fields, _ = iso8583.decode(TEXT.encode_request(request_), default_ascii)
    assert {name: fields[name] for name in ("3", "4", "7", "11", "12", "13", "25", "41", "42", "49")} == {
        "3": "020000" if request_.original else "000000",
        "4": "000000001000", "7": "1121204001", "11": f"{request_.stan:06d}", "12": "204001", "13": "1121",
        "25": "00" if request_ is SALE else "08", "41": "T0000001", "42": "TSIM00000000001", "49": "124",
    }  # fmt: skip
    if request_ is SALE:
        assert fields["35"] == f"{PAN}=30032011234567890"


@pytest.mark.parametrize("name", bundled_dialects())
def test_no_two_kinds_look_the_same_in_a_dialect(name: str) -> None:
    spoken = load_dialect(name)
    for kind in MessageKind:
        uploads = kind is MessageKind.BATCH_UPLOAD
        for original in (
            one for one in MessageKind if (one.facts.is_payment if uploads else one.moves_money)
        ):
            named = Original(kind=original, stan=1, reference="R") if kind.undoes or uploads else None
            request = replace(SALE, kind=kind, original=named)
            if kind.facts.message_class is MessageClass.RECONCILIATION:
                request = replace(request, entry=None, totals=BatchTotals())
            assert spoken.decode_request(spoken.encode_request(request)) == request


def written(folder: Path, text: str, base: str = "iso8583-1987") -> Path:
    file = folder / "mine.toml"
    file.write_text(f'extends = "{base}"\nid = "mine"\nname = "Mine"\n{text}\n', encoding="utf-8")
    return file


WRONG = [
    ('[elements]\nterminal = { de = 42, form = "ans8" }', "elements.merchant.de: terminal is DE 42 already"),
    ('[elements]\nterminal = { de = 41, form = "ans9" }', "elements.terminal.form: the terminal has a form for 9; 8 are wanted"),
    ('[elements]\nterminal = { de = 41, form = "n8" }', "elements.terminal.form: the terminal has a form of the kind n; an or ans is wanted"),
    ('[elements]\ncard_number = { de = 2, form = "n19" }', "its length varies: write n..19"),
    ('[elements]\nterminal = { de = 41, form = "8 characters" }', "elements.terminal.form: '8 characters' is no form: write n6, n..19"),
    ('[elements]\nterminal = { de = 64, form = "ans8" }', "elements.terminal.de: 2 to 63 or 66 to 127 wanted; 64 and 128 are the MAC's"),
    ('[elements]\nterminals = { de = 41, form = "ans8" }', "elements.terminals: unknown key; did you mean 'terminal'?"),
    ('[elements]\npin_block = { de = 52, form = "b8", encoding = "bcd" }', "elements.pin_block.encoding: only digits are packed"),
    ('[elements]\nlocal_date = { de = 13, form = "n4" }', "elements.local_time.form: n12 has date and time; n6 is a time"),
    ('[elements]\nresponse_code = { de = 39, form = "n3" }', "responses: which code of two characters each of 3 stands for is missing"),
    ('[message_types]\nreversal = "0410"', "message_types.reversal: '0410' is no type of a request"),
    ('[message_types]\nreversal = "0200"', "message_types.reversal: financial has the same type"),
    ('[message_types]\nreconcile = "0500"', "message_types.reconcile: unknown key"),
    ('[entry_modes]\nchip = "05"', "entry_modes.chip: '05' has 2 characters, and its element 3"),
    ('[entry_modes]\nchip = "011"', "entry_modes.keyed: chip has the same code"),
    ('[conditions]\nnormal = "8"', "conditions.normal: two digits wanted"),
    ('[functions]\necho = "001"', "functions.echo: sign-on has the same code"),
    ('[address_checks]\nmatch = "N"', "address_checks.no-match: match has the same letter"),
    ('[encodings]\nnumbers = "bdc"', "encodings.numbers: the text 'bdc' is not one of 'bcd', 'ascii', 'ebcdic'; did you mean 'bcd'?"),
    ('mac = "md5"', "mac: the text 'md5' is not one of"),
]  # fmt: skip


@pytest.mark.parametrize(("text", "why"), WRONG, ids=[why.partition(":")[0] for _, why in WRONG])
def test_a_dialect_with_a_fault_is_refused_by_file_line_key_and_cure(
    tmp_path: Path, text: str, why: str
) -> None:
    file = written(tmp_path, text)
    with pytest.raises(ProfileError) as refused:
        load_dialect(str(file))
    said = str(refused.value)
    assert why in said
    assert said.startswith((f"{file}:", f"{LIBRARY / 'iso8583-1987.toml'}:"))
    assert all(
        part.isdigit() for part in said.removeprefix(said.partition(".toml:")[0] + ".toml:").split(":")[:2]
    )


def test_a_condition_stands_in_the_entry_mode_or_in_an_element_and_not_in_both(tmp_path: Path) -> None:
    both = written(tmp_path, '[elements]\ncondition = { de = 26, form = "n2" }', "iso8583-1993")
    with pytest.raises(ProfileError, match=r"the condition is an element here, so no `\.\.` stands for it"):
        load_dialect(str(both))


def test_a_name_of_no_dialect_is_answered_by_the_names() -> None:
    with pytest.raises(
        BenchMisuse, match=r"there is no dialect 'iso8583-1978'; did you mean 'iso8583-1987'\?"
    ):
        load_dialect("iso8583-1978")


def test_a_dialect_is_made_once_as_long_as_its_file_stays_what_it_is() -> None:
    assert load_dialect("iso8583-1993") is load_dialect("iso8583-1993")
