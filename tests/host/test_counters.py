"""The counters of cards: what the issuer takes, what it declines, and that its books know it in the next run."""

from __future__ import annotations

from pathlib import Path

import pytest
from msgspec.structs import replace

from terminal_sim.core.message import EntryMode, HostRequest, MessageKind
from terminal_sim.emv.data import tags, tlv
from terminal_sim.emv.keys import derivation, issuer_data
from terminal_sim.emv.keys.cryptogram_versions import version_of
from terminal_sim.host.acquirer import Acquirer
from terminal_sim.host.counters import CardCounters, CounterUse
from terminal_sim.host.ledger_file import LedgerFile
from terminal_sim.secret import Secret
from tests.host.samples import HOST_FILE, PAN, SALE, acquirer, asked

CERTIFIED = {
    tags.AMOUNT: bytes.fromhex("000000001000"),
    tags.AMOUNT_OTHER: bytes(6),
    tags.TERMINAL_COUNTRY: bytes.fromhex("0124"),
    tags.TVR: bytes(5),
    tags.CURRENCY: bytes.fromhex("0124"),
    tags.DATE: bytes.fromhex("261121"),
    tags.TRANSACTION_TYPE: bytes(1),
    tags.UNPREDICTABLE_NUMBER: bytes.fromhex("01020304"),
    tags.AIP: bytes.fromhex("1800"),
}
ARQC, TC, AAC = 0x80, 0x40, 0x00


def request(
    stan: int, atc: int, *, kind: MessageKind = MessageKind.SALE, cryptogram: int = ARQC
) -> HostRequest:
    """A payment of the sample card by chip, with a genuine cryptogram of this counter."""
    key = Acquirer.load(HOST_FILE).issuer_keys.cryptograms
    values = CERTIFIED | {
        tags.ATC: atc.to_bytes(2),
        tags.ISSUER_APPLICATION_DATA: bytes.fromhex("06010A03A00000"),
        tags.CRYPTOGRAM_INFORMATION: bytes((cryptogram,)),
    }
    card = derivation.icc_key(key, Secret(PAN), "00")
    data = issuer_data.parse(values[tags.ISSUER_APPLICATION_DATA])
    values[tags.CRYPTOGRAM] = version_of(data).cryptogram(card, values, data)
    return replace(
        SALE,
        kind=kind,
        stan=stan,
        reference=f"ABCD{stan}",
        entry=EntryMode.CHIP,
        track2=None,
        pan=Secret(PAN),
        expiry=Secret("3003"),
        icc_data=tlv.join(values.items()),
    )


def opened() -> Acquirer:
    host = acquirer()
    host.open_account(PAN, "visa", expiry="3003")
    return host


ADVICE = MessageKind.ADVICE
SEQUENCES = [
    ("each above the one before", [(1, MessageKind.SALE, "00"), (2, MessageKind.SALE, "00")]),
    ("counters may be left out", [(1, MessageKind.SALE, "00"), (9, MessageKind.SALE, "00")]),
    ("the same again for another payment", [(5, MessageKind.SALE, "00"), (5, MessageKind.SALE, "82")]),
    ("one below the highest", [(5, MessageKind.SALE, "00"), (4, MessageKind.SALE, "82")]),
    ("an advice comes late", [(5, MessageKind.SALE, "00"), (4, ADVICE, "00")]),
    ("an advice that was sent before", [(5, MessageKind.SALE, "00"), (5, ADVICE, "82")]),
    ("a sale below an advice", [(5, ADVICE, "00"), (4, MessageKind.SALE, "82")]),
]


@pytest.mark.parametrize("sequence", [row[1] for row in SEQUENCES], ids=[row[0] for row in SEQUENCES])
def test_a_counter_goes_up_and_belongs_to_one_payment(sequence: list[tuple[int, MessageKind, str]]) -> None:
    host = opened()
    for stan, (atc, kind, code) in enumerate(sequence, start=1):
        assert asked(host, request(stan, atc, kind=kind)).response_code == code


def test_a_repeat_is_answered_as_before() -> None:
    host = opened()
    sale = request(1, 1)
    assert asked(host, sale) == asked(host, replace(sale, repeat=True))


def test_a_forged_cryptogram_uses_up_no_counter() -> None:
    host = opened()
    forged = request(1, 7)
    damaged = forged.icc_data[:-1] + bytes((forged.icc_data[-1] ^ 1,))
    assert asked(host, replace(forged, icc_data=damaged)).response_code == "82"
    assert asked(host, request(2, 7)).response_code == "00"


def test_the_log_says_what_is_wrong_with_a_counter() -> None:
    host = opened()
    for stan, atc in ((1, 5), (2, 5), (3, 4)):
        asked(host, request(stan, atc))
    assert [message.fields.get("note") for message in host.messages] == [
        None,
        "replay: counter 0005 came with another payment",
        "the card's counter 0004 is not above 0005, the highest seen",
    ]


@pytest.mark.parametrize(
    ("kind", "cryptogram", "code"),
    [
        (MessageKind.SALE, ARQC, "00"),
        (MessageKind.SALE, TC, "82"),
        (MessageKind.SALE, AAC, "82"),
        (MessageKind.SALE, 0xC0, "82"),
        (ADVICE, TC, "00"),
        (ADVICE, ARQC, "00"),
        (ADVICE, AAC, "82"),
    ],
)
def test_the_kind_of_cryptogram_belongs_into_the_message(
    kind: MessageKind, cryptogram: int, code: str
) -> None:
    assert asked(opened(), request(1, 1, kind=kind, cryptogram=cryptogram)).response_code == code


def test_an_advice_with_a_cryptogram_of_another_card_is_declined() -> None:
    advice = request(1, 1, kind=ADVICE, cryptogram=TC)
    damaged = advice.icc_data[:-1] + bytes((advice.icc_data[-1] ^ 1,))
    assert asked(opened(), replace(advice, icc_data=damaged)).response_code == "82"


@pytest.mark.parametrize("known", [False, True], ids=["all lines read", "by the index"])
def test_the_books_know_the_counters_of_an_earlier_run(tmp_path: Path, known: bool) -> None:
    path = tmp_path / "acquirer.jsonl"
    books = LedgerFile(path)
    books.start()
    first = opened()
    first.keep_books(books)
    assert asked(first, request(1, 5)).response_code == "00"
    assert PAN not in path.read_text()
    books.close()
    later = LedgerFile(path, books.index if known else None)
    later.start()
    second = opened()
    second.keep_books(later)
    sale, advice = MessageKind.SALE, ADVICE
    expected = [(5, sale, "82"), (5, advice, "82"), (4, sale, "82"), (3, advice, "00"), (6, sale, "00")]
    for stan, (atc, kind, code) in enumerate(expected, start=2):
        assert asked(second, request(stan, atc, kind=kind)).response_code == code
    later.close()


def test_a_card_fresh_from_the_factory_counts_from_the_beginning() -> None:
    host = opened()
    assert asked(host, request(1, 5)).response_code == "00"
    host.open_account(PAN, "visa", expiry="3003", issued="00")
    assert asked(host, request(2, 1)).response_code == "00"
    assert asked(host, request(3, 1)).response_code == "82"


def test_uses_of_a_card_that_was_issued_since_do_not_come_back() -> None:
    counters = CardCounters()
    counters.begin_behind({"card": 9})
    counters.begin_anew("card")
    counters.recall([CounterUse(card="card", atc=1, payment="before")])
    assert counters.objection(CounterUse(card="card", atc=1, payment="now"), late=False) == ""
