from __future__ import annotations

from pathlib import Path

import pytest

from terminal_sim.bench import Bench, Duration, ProfileError, TerminalUnderTest
from terminal_sim.datafiles.bundled import bundled
from terminal_sim.emv.keys import key_block, pinblock
from terminal_sim.emv.keys.key_block_header import KeyBlockHeader
from terminal_sim.emv.keys.pinblock import PinBlockError
from terminal_sim.emv.talk.answers import PinBlock, TypedPin
from terminal_sim.errors import StorageFailed
from terminal_sim.runtime.key_store import FixedPinKey, KeyStore, SerialFile
from terminal_sim.secret import Secret
from tests.engine.kit import bench_of, keys, ready

KEY = Secret(bytes.fromhex("F1E1D1C1B1A191817161514131211101"))
PAN = Secret("4111111111111111")


def test_a_pin_leaves_the_store_as_a_format_0_block_under_the_pin_key() -> None:
    block = KeyStore(FixedPinKey(KEY)).pin_block(Secret("1234"), PAN).block
    assert block is not None
    assert block == pinblock.encipher(pinblock.format0(Secret("1234"), PAN), KEY)
    assert pinblock.read_format0(pinblock.decipher(block, KEY), PAN) == Secret("1234")


def test_a_pin_of_three_digits_makes_no_block() -> None:
    with pytest.raises(PinBlockError):
        KeyStore(FixedPinKey(KEY)).pin_block(Secret("123"), PAN)


def test_the_store_shows_no_key() -> None:
    store = KeyStore(FixedPinKey(KEY))
    held = [getattr(store, slot) for slot in KeyStore.__slots__]
    assert KEY.reveal().hex() not in repr(held)
    assert repr(KEY.reveal()) not in repr(held)


def test_the_kernel_gets_an_online_pin_enciphered_and_never_in_clear() -> None:
    bench, (till,) = bench_of(1)
    with bench:
        ready(till)
        till.insert("visa-online-pin")
        conversation = till.board.readers.conversation
        assert conversation is not None
        card = till.card
        assert card is not None
        keys(till, "4321", "OK")
        assert not any(isinstance(answer, TypedPin) for answer in conversation.answers)
        (given,) = [answer for answer in conversation.answers if isinstance(answer, PinBlock)]
        assert given.block is not None
        clear = pinblock.decipher(given.block, bench.acquirer.pin_key)
        assert pinblock.read_format0(clear, card.pan) == Secret("4321")


def test_an_offline_pin_goes_to_the_card_as_a_block_of_format_2() -> None:
    bench, (till,) = bench_of(1)
    with bench:
        ready(till)
        till.insert("mastercard-pin")
        conversation = till.board.readers.conversation
        assert conversation is not None
        keys(till, "1234", "OK")
        assert not any(isinstance(answer, TypedPin) for answer in conversation.answers)
        assert PinBlock(pinblock.format2(Secret("1234"))) in conversation.answers


MANAGED = [
    ("a fixed key, format 0", "fixed", 0),
    ("a fixed key, format 3", "fixed", 3),
    ("TDES DUKPT, format 0", "dukpt-tdes", 0),
    ("TDES DUKPT, format 3", "dukpt-tdes", 3),
    ("AES DUKPT, format 4", "dukpt-aes", 4),
]


def host_file(folder: Path, managed: str, block_format: int) -> Path:
    """The shipped host file with PIN keys that are managed so."""
    shipped = (bundled() / "hosts" / "test-acquirer.toml").read_text("utf-8")
    base = 'base_derivation_key = "0123456789ABCDEFFEDCBA9876543210"'
    text = shipped.replace("[test_keys]\n", f"[test_keys]\n{base}\n")
    file = folder / "host.toml"
    file.write_text(f'{text}\n[pin]\nkeys = "{managed}"\nblock_format = {block_format}\n', "utf-8")
    return file


def paid(bench: Bench, pin: str) -> TerminalUnderTest:
    terminal = bench.terminals[0] if bench.terminals else bench.add_terminal("v400m")
    ready(terminal)
    terminal.insert("visa-online-pin")
    keys(terminal, pin, "OK")
    bench.advance(Duration(2_000_000))
    return terminal


@pytest.mark.parametrize(
    ("managed", "block_format"), [row[1:] for row in MANAGED], ids=[row[0] for row in MANAGED]
)
def test_an_online_pin_is_right_at_the_issuer_however_its_key_is_managed(
    tmp_path: Path, managed: str, block_format: int
) -> None:
    with Bench(host=host_file(tmp_path, managed, block_format)) as bench:
        terminal = paid(bench, "4321")
        assert terminal.view().screen.id == "approved"
    with Bench(host=host_file(tmp_path, managed, block_format)) as bench:
        assert paid(bench, "9999").view().screen.id != "approved"


@pytest.mark.parametrize("size", [16, 24, 32])
def test_an_online_pin_is_right_with_a_base_key_out_of_a_key_block(tmp_path: Path, size: int) -> None:
    protection = bytes(range(32))
    header = KeyBlockHeader(version="D", usage="B0", algorithm="A", mode="X")
    block = key_block.wrap(Secret(protection), header, Secret(bytes(range(100, 100 + size))), bytes)
    file = host_file(tmp_path, "dukpt-aes", 4)
    text = file.read_text("utf-8").replace(
        'base_derivation_key = "0123456789ABCDEFFEDCBA9876543210"',
        f'base_derivation_key = "{block}"\nkey_block_protection_key = "{protection.hex()}"',
    )
    file.write_text(text, "utf-8")
    with Bench(host=file) as bench:
        assert paid(bench, "4321").view().screen.id == "approved"


@pytest.mark.parametrize("managed", ["dukpt-tdes", "dukpt-aes"])
def test_no_key_is_used_twice_in_the_life_of_a_state(tmp_path: Path, managed: str) -> None:
    host = host_file(tmp_path, managed, 4 if managed == "dukpt-aes" else 0)
    serials = []
    for _ in range(3):
        with Bench(host=host, state=tmp_path / "state") as bench:
            terminal = paid(bench, "4321")
            serials.append(terminal.board.keys.serial)
    assert serials == sorted(set(serials))


def test_a_saved_bench_goes_on_with_the_key_after_its_last(tmp_path: Path) -> None:
    host = host_file(tmp_path, "dukpt-tdes", 0)
    with Bench(host=host) as bench:
        state = paid(bench, "4321")
        saved = bench.save()
        last = state.board.keys.serial
    with Bench(host=host) as bench:
        terminal = bench.add_terminal("v400m", state_from=saved)
        assert terminal.board.keys.serial == last


def test_a_disk_that_takes_no_counter_gives_no_key(tmp_path: Path) -> None:
    serials = SerialFile(tmp_path / "gone" / "pin", b"\x01")
    with pytest.raises(StorageFailed, match="counter of PIN keys"):
        serials.keep(b"\x02")
    assert serials.last == b"\x01"


WRONG_HOSTS = [
    ("AES with format 0", "dukpt-aes", 0, "block_format"),
    ("a fixed key with format 4", "fixed", 4, "block_format"),
    ("an unknown way", "rsa", 0, "keys"),
]


@pytest.mark.parametrize(
    ("managed", "block_format", "field"),
    [row[1:] for row in WRONG_HOSTS],
    ids=[row[0] for row in WRONG_HOSTS],
)
def test_a_host_file_that_contradicts_itself_is_refused(
    tmp_path: Path, managed: str, block_format: int, field: str
) -> None:
    with pytest.raises(ProfileError, match=field):
        Bench(host=host_file(tmp_path, managed, block_format))


def test_derived_keys_need_their_base(tmp_path: Path) -> None:
    file = host_file(tmp_path, "dukpt-tdes", 0)
    without = "\n".join(line for line in file.read_text("utf-8").split("\n") if "base_derivation" not in line)
    file.write_text(without, "utf-8")
    with pytest.raises(ProfileError, match="base_derivation_key"):
        Bench(host=file)
