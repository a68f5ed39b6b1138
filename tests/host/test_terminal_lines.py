"""The acquirer's end of a line: who may speak, network management, new keys that are never lost between two ends, and PINs under them."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import pytest
from msgspec.structs import replace

from terminal_sim.bench import Bench
from terminal_sim.emv.keys import key_block, pinblock
from terminal_sim.emv.keys.pinblock import format0
from terminal_sim.errors import BenchMisuse, StorageFailed
from terminal_sim.host.acquirer import Acquirer
from terminal_sim.host.authentication import MacAlgorithm, is_authentic, sealed
from terminal_sim.host.ledger_file import LedgerFile
from terminal_sim.host.management import ManagementFunction, ManagementReply, ManagementRequest
from terminal_sim.runtime.key_store import FixedPinKey, KeyStore
from terminal_sim.runtime.line_keys import LineKeyStore, NewKeysRefused
from terminal_sim.secret import Secret
from tests.host.dialects import dialect
from tests.host.samples import HOST_FILE, MOTO, PAN, SALE

DIALECT = dialect("authenticated")
MAC = MacAlgorithm.RETAIL
CONFIG = Acquirer.load(HOST_FILE).config
AT = datetime.fromisoformat("2026-11-21 20:40:01")


def host() -> Acquirer:
    return Acquirer(CONFIG, DIALECT)


def store(file: Path | None = None) -> KeyStore:
    return KeyStore(FixedPinKey(CONFIG.pin_key), line=LineKeyStore(CONFIG, file))


def management(function: ManagementFunction, stan: int = 1) -> bytes:
    return DIALECT.encode_management(
        ManagementRequest(function=function, terminal="T0000001", stan=stan, at=AT)
    )


def asked(acquirer: Acquirer, keys: KeyStore, message: bytes) -> bytes | None:
    return acquirer.respond(keys.sealed(message, MAC)).reply


def new_keys(acquirer: Acquirer, keys: KeyStore) -> ManagementReply:
    answer = asked(acquirer, keys, management(ManagementFunction.NEW_KEYS))
    assert answer is not None
    assert keys.is_authentic(answer, MAC)
    reply = DIALECT.decode_management(answer)
    assert isinstance(reply, ManagementReply)
    return reply


@pytest.mark.parametrize("function", [f for f in ManagementFunction if f is not ManagementFunction.NEW_KEYS])
def test_what_is_asked_of_the_line_is_accepted(function: ManagementFunction) -> None:
    for name in ("iso8583-1987", "iso8583-1987-ascii", "iso8583-1993"):
        spoken = dialect(name)
        request = ManagementRequest(function=function, terminal="T0000001", stan=3, at=AT)
        message = spoken.encode_management(request)
        assert spoken.decode_management(message) == request
        answer = Acquirer(CONFIG, spoken).respond(message).reply
        assert answer is not None
        reply = spoken.decode_management(answer)
        assert isinstance(reply, ManagementReply)
        assert reply.answers(request)
        assert reply.response_code == "00"


def test_a_message_with_a_wrong_code_gets_no_answer_and_charges_nothing() -> None:
    acquirer, keys = host(), store()
    message = keys.sealed(DIALECT.encode_request(SALE), MAC)
    answer = acquirer.respond(message[:-1] + bytes((message[-1] ^ 1,)))
    assert (answer.reply, answer.message) == (None, None)
    assert answer.note == "not understood: the message authentication code is not one of T0000001"
    assert list(acquirer.entries()) == []
    assert acquirer.respond(message).reply is not None


def test_an_answer_has_the_code_of_the_keys_of_its_request() -> None:
    answer = asked(host(), store(), DIALECT.encode_request(SALE))
    assert answer is not None
    assert is_authentic(answer, MAC, CONFIG.mac_key)
    assert DIALECT.decode_reply(answer).response_code == "00"


def test_new_keys_are_used_by_both_ends_and_the_old_ones_after_one_more_change_by_none() -> None:
    acquirer, keys, old = host(), store(), store()
    keys.renew(new_keys(acquirer, keys).key_blocks)
    assert asked(acquirer, keys, DIALECT.encode_request(SALE)) is not None
    assert asked(acquirer, old, DIALECT.encode_request(replace(SALE, stan=8, reference="R8"))) is not None
    keys.renew(new_keys(acquirer, keys).key_blocks)
    assert asked(acquirer, old, DIALECT.encode_request(replace(SALE, stan=9, reference="R9"))) is None
    assert asked(acquirer, keys, DIALECT.encode_request(replace(SALE, stan=9, reference="R9"))) is not None


def test_a_terminal_whose_new_keys_got_lost_gets_the_same_ones_again() -> None:
    acquirer, keys = host(), store()
    lost = new_keys(acquirer, keys).key_blocks
    assert new_keys(acquirer, keys).key_blocks == lost
    keys.renew(lost)
    assert new_keys(acquirer, keys).key_blocks != lost


def test_the_books_know_which_keys_a_terminal_has(tmp_path: Path) -> None:
    keys = store(tmp_path / "keys")
    for _ in range(3):
        acquirer = host()
        books = LedgerFile(tmp_path / "acquirer.jsonl")
        books.start()
        acquirer.keep_books(books)
        keys.renew(new_keys(acquirer, keys).key_blocks)
        books.close()
    again = host()
    books = LedgerFile(tmp_path / "acquirer.jsonl")
    books.start()
    again.keep_books(books)
    assert asked(again, store(tmp_path / "keys"), DIALECT.encode_request(SALE)) is not None
    books.close()


def test_a_pin_under_new_keys_is_the_issuer_s_pin() -> None:
    acquirer, keys = host(), store()
    acquirer.open_account(PAN, "visa", pin="4321")
    keys.renew(new_keys(acquirer, keys).key_blocks)
    for stan, (pin, code) in enumerate((("4321", "00"), ("1234", "55")), 10):
        block = keys.pin_block(Secret(pin), Secret(PAN)).block
        assert block is not None
        assert block != pinblock.encipher(format0(Secret(pin), Secret(PAN)), CONFIG.pin_key)
        request = replace(MOTO, cvc=None, pin_block=block, stan=stan, reference=f"R{stan}")
        answer = asked(acquirer, keys, DIALECT.encode_request(request))
        assert answer is not None
        assert DIALECT.decode_reply(answer).response_code == code


def test_without_codes_no_keys_are_given() -> None:
    spoken = dialect("iso8583-1987")
    message = spoken.encode_management(
        ManagementRequest(function=ManagementFunction.NEW_KEYS, terminal="T0000001", stan=1, at=AT)
    )
    answer = Acquirer(CONFIG, spoken).respond(message).reply
    assert answer is not None
    reply = spoken.decode_management(answer)
    assert isinstance(reply, ManagementReply)
    assert (reply.response_code, reply.key_blocks) == ("40", ())


def test_keys_that_are_not_whole_or_not_for_the_line_are_refused_and_the_old_ones_stay(
    tmp_path: Path,
) -> None:
    acquirer, keys = host(), store(tmp_path / "keys")
    mac, pin = new_keys(acquirer, keys).key_blocks
    for blocks in ((), (pin,), (mac, mac), (mac[:-1] + "0", pin), (mac.replace("M3", "D0"), pin)):
        with pytest.raises(NewKeysRefused) as refused:
            keys.renew(blocks)
        assert CONFIG.mac_key.reveal().hex().upper() not in str(refused.value).upper()
    assert not (tmp_path / "keys").exists()
    assert asked(acquirer, keys, DIALECT.encode_request(SALE)) is not None


def test_new_keys_lie_on_the_disk_as_blocks_that_only_the_transport_key_opens(tmp_path: Path) -> None:
    acquirer, keys, file = host(), store(tmp_path / "keys"), tmp_path / "keys"
    blocks = new_keys(acquirer, keys).key_blocks
    keys.renew(blocks)
    assert file.read_text("ascii").split() == list(blocks)
    assert file.stat().st_mode & 0o077 == 0
    opened = [key_block.unwrap(CONFIG.transport_key, block) for block in blocks]
    assert [block.header.usage for block in opened] == ["M3", "P0"]
    assert not any(block.key.reveal().hex() in file.read_text("ascii").lower() for block in opened)


def test_an_opened_housing_takes_the_new_keys_from_the_disk_too(tmp_path: Path) -> None:
    keys = store(tmp_path / "keys")
    keys.renew(new_keys(host(), keys).key_blocks)
    keys.erase()
    assert not (tmp_path / "keys").exists()
    with pytest.raises(LookupError):
        keys.sealed(bytes(20), MAC)


def test_a_file_that_holds_no_keys_is_refused_with_the_cure(tmp_path: Path) -> None:
    (tmp_path / "keys").write_text("nothing of the kind", encoding="ascii")
    with pytest.raises(BenchMisuse, match="put the file back, or start a new folder"):
        store(tmp_path / "keys")


def test_an_acquirer_without_the_key_of_codes_is_told_which_is_missing() -> None:
    from dataclasses import replace as replaced

    config = replaced(CONFIG, test_keys=replaced(CONFIG.test_keys, mac_key=""))
    with pytest.raises(ValueError, match=r"test_keys\.mac_key: messages of authenticated"):
        Acquirer(config, DIALECT)


def test_a_reply_that_was_sealed_with_another_key_is_not_taken() -> None:
    assert not store().is_authentic(sealed(bytes(20), MAC, CONFIG.transport_key), MAC)


def test_keys_are_forgotten_though_the_disk_keeps_their_file(tmp_path: Path) -> None:
    file = tmp_path / "keys"
    keys = store(file)
    file.mkdir()
    with pytest.raises(StorageFailed, match="the keys cannot be erased"):
        keys.erase()
    assert keys.is_erased
    with pytest.raises(LookupError):
        keys.sealed(b"message", MAC)


def test_no_key_of_an_opened_housing_is_spared_for_another_that_cannot_be_erased(tmp_path: Path) -> None:
    with Bench(state=tmp_path) as bench:
        till = bench.add_terminal("square-terminal", options={"offline.allowed": True})
        (tmp_path / f"{till.name}.key").mkdir()
        till.fault("tamper")
        assert till.board.keys.is_erased
        assert "the key cannot be erased" in till.board.power.out_of_service
