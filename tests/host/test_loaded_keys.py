"""Keys of a host file as key blocks and with check values: what goes in comes out, and a wrong one is named with its cure."""

from __future__ import annotations

from pathlib import Path

import pytest

from terminal_sim.bench import Bench
from terminal_sim.datafiles.sources import ProfileError
from terminal_sim.emv.keys import derivation, key_block
from terminal_sim.emv.keys.check_value import check_value
from terminal_sim.emv.keys.key_algorithm import KeyAlgorithm
from terminal_sim.emv.keys.key_block_header import KeyBlockHeader
from terminal_sim.host.acquirer import Acquirer
from terminal_sim.host.config import AcquirerConfig
from terminal_sim.secret import Secret
from tests.contracts.drive import TEXTS
from tests.host.samples import HOST_FILE

PROTECTION = bytes(range(0x40, 0x60))
PIN_KEY = Secret(bytes.fromhex("F1E1D1C1B1A191817161514131211101"))
BASE = Secret(bytes(range(32)))


def block(usage: str, algorithm: str, key: Secret[bytes] = PIN_KEY, protection: bytes = PROTECTION) -> str:
    header = KeyBlockHeader(version="D", usage=usage, algorithm=algorithm, mode="X")
    return key_block.wrap(Secret(protection), header, key, bytes)


def loaded(
    folder: Path, lines: dict[str, str], *, pin: str = "", checks: dict[str, str] | None = None
) -> AcquirerConfig:
    """The shipped host file with other `lines` in its table of keys."""
    kept = [
        line
        for line in HOST_FILE.read_text("utf-8").splitlines()
        if line.partition(" = ")[0] not in lines or not line
    ]
    given = [f'{name} = "{value}"' for name, value in lines.items()]
    given += [f'check_values.{name} = "{value}"' for name, value in (checks or {}).items()]
    text = "\n".join(kept).replace("[test_keys]", "\n".join(["[test_keys]", *given]))
    file = folder / "host.toml"
    file.write_text(f"{text}\n{pin}\n", "utf-8")
    return Acquirer.load(file).config


def test_a_key_block_gives_the_key_that_the_hex_digits_give(tmp_path: Path) -> None:
    lines = {"pin_key": block("P0", "T"), "key_block_protection_key": PROTECTION.hex()}
    assert loaded(tmp_path, lines).pin_key == PIN_KEY


def test_a_base_key_for_aes_is_as_long_as_its_key_block_says(tmp_path: Path) -> None:
    lines = {"base_derivation_key": block("B0", "A", BASE), "key_block_protection_key": PROTECTION.hex()}
    config = loaded(tmp_path, lines, pin='[pin]\nkeys = "dukpt-aes"\nblock_format = 4')
    assert config.base_derivation_key == BASE


@pytest.mark.parametrize("digits", [4, 6])
def test_a_check_value_of_the_key_is_taken(tmp_path: Path, digits: int) -> None:
    value = check_value(PIN_KEY, KeyAlgorithm.TDES).hex()[:digits]
    assert loaded(tmp_path, {}, checks={"pin_key": value}).pin_key == PIN_KEY


OTHER = PROTECTION[::-1]
OWN = "0F1E2D3C4B5A69788796A5B4C3D2E1F0"
WRONG: dict[str, tuple[dict[str, str], dict[str, str], str]] = {
    "no protection key": ({"pin_key": block("P0", "T")}, {}, "key_block_protection_key, which is missing"),
    "another protection key": (
        {"pin_key": block("P0", "T"), "key_block_protection_key": OTHER.hex()},
        {},
        "another key protects it",
    ),
    "a protection key of odd length": (
        {"key_block_protection_key": "00" * 17},
        {},
        "32, 48 or 64 hex digits",
    ),
    "another usage": (
        {"pin_key": block("D0", "T"), "key_block_protection_key": PROTECTION.hex()},
        {},
        r"usage D0 \(data encryption\); P0 \(PIN encryption\) is wanted",
    ),
    "another cipher": (
        {"pin_key": block("P0", "A"), "key_block_protection_key": PROTECTION.hex()},
        {},
        "a key for AES, TDES is wanted",
    ),
    "another length": (
        {
            "issuer_master_key": block("E0", "T", Secret(bytes(range(24)))),
            "key_block_protection_key": PROTECTION.hex(),
        },
        {},
        "a key of 24 bytes, 16 are wanted",
    ),
    "half a block": ({"pin_key": block("P0", "T")[:-2]}, {}, "says that it has 112 characters, and has 110"),
    "no beginning of card numbers": (
        {"issuer_master_keys.41x": OWN},
        {},
        "the first 1 to 11 digits of card numbers",
    ),
    "an issuer's key that is none": (
        {"issuer_master_keys.41": "12"},
        {},
        "issuer_master_keys.41: 32 hex digits wanted",
    ),
    "another check value": (
        {},
        {"pin_key": "123456"},
        "check value of this key is [0-9A-F]{6}, and .* says 123456",
    ),
    "a short check value": ({}, {"pin_key": "12"}, "4 to 10 hex digits wanted"),
    "a check value of no key": ({}, {"pinkey": "123456"}, "check_values.pinkey: there is no such key"),
    "a check value of a key that is not given": (
        {},
        {"base_derivation_key": "123456"},
        "there is no such key",
    ),
}


@pytest.mark.parametrize(("lines", "checks", "said"), WRONG.values(), ids=WRONG)
def test_a_wrong_key_is_refused_with_the_reason(
    tmp_path: Path, lines: dict[str, str], checks: dict[str, str], said: str
) -> None:
    with pytest.raises(ProfileError, match=said) as refused:
        loaded(tmp_path, lines, checks=checks)
    text = str(refused.value)
    assert f"{tmp_path / 'host.toml'}:" in text
    assert PIN_KEY.reveal().hex() not in text.lower()
    assert PROTECTION.hex() not in text.lower()


def test_a_protection_key_does_not_show(tmp_path: Path) -> None:
    lines = {"pin_key": block("P0", "T"), "key_block_protection_key": PROTECTION.hex()}
    config = loaded(tmp_path, lines)
    assert PROTECTION.hex() not in repr(config)
    assert lines["pin_key"] not in repr(config)


def test_an_issuer_with_a_key_of_its_own_is_known_by_the_longest_beginning(tmp_path: Path) -> None:
    lines = {
        "issuer_master_keys.41": block("E0", "T"),
        "issuer_master_keys.411111": OWN,
        "key_block_protection_key": PROTECTION.hex(),
    }
    keys = loaded(tmp_path, lines).issuer_keys
    for pan, master in (("4111111111111111", OWN), ("4100000000000001", ""), ("5555555555554444", "")):
        expected = Secret(bytes.fromhex(master)) if master else PIN_KEY if pan[0] == "4" else keys.cryptograms
        assert keys.of_card(Secret(pan), "00").mac == derivation.icc_key(expected, Secret(pan), "00")


def test_cards_and_issuer_of_a_beginning_have_the_same_key(tmp_path: Path) -> None:
    loaded(tmp_path, {"issuer_master_keys.411111": OWN})
    with Bench(host=tmp_path / "host.toml", texts=TEXTS) as bench:
        till = bench.add_terminal("v400m")
        bench.host_sends(["unblock-pin"])
        for key in ("OK", "1", "0", "0", "0", "OK"):
            till.press(key)
        till.insert("visa-credit")
        bench.advance(2_000_000)
        assert till.view().screen.id == "approved"
        assert str(bench.host_messages()[-1].fields["script-results"]).startswith("20")
        assert bench.acquirer.config.issuer_keys.by_bin
