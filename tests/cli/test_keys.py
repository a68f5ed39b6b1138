"""`terminal-sim keys list`: keys by their check values, and no key."""

from __future__ import annotations

from pathlib import Path

import pytest

from terminal_sim.bench import Bench, BenchMisuse
from terminal_sim.cli.main import main
from terminal_sim.datafiles.bundled import bundled
from terminal_sim.host.acquirer import Acquirer
from terminal_sim.host.authentication import MacAlgorithm
from terminal_sim.host.terminal_keys import TerminalKeys, WorkingKeys
from terminal_sim.runtime.line_keys import LineKeyStore

Out = pytest.CaptureFixture[str]
BUNDLED = bundled() / "hosts" / "test-acquirer.toml"
BASE = "00112233445566778899AABBCCDDEEFF"
KEYS = ("0123456789ABCDEFFEDCBA9876543210", "F1E1D1C1B1A191817161514131211101", BASE)
DERIVED = f'[pin]\nkeys = "dukpt-aes"\nblock_format = 4\n\n[test_keys]\nbase_derivation_key = "{BASE}"'


@pytest.fixture
def derived(tmp_path: Path) -> Path:
    """A host file whose PIN keys are derived by AES."""
    file = tmp_path / "derived.toml"
    file.write_text(BUNDLED.read_text("utf-8").replace("[test_keys]", DERIVED), encoding="utf-8")
    return file


def listed(out: Out, *arguments: str) -> dict[tuple[str, str], str]:
    """The lines of the table by holder and key; no key is among them."""
    assert main(["keys", "list", *arguments]) == 0
    text = out.readouterr().out
    assert not any(key in text.upper() for key in KEYS)
    rows = [[cell.strip() for cell in line.split("  ") if cell.strip()] for line in text.splitlines()[2:]]
    return {(row[0], row[1] if len(row) > 2 else ""): " ".join(row[1:]) for row in rows}


def test_the_keys_of_a_profile_are_listed_by_their_check_values(capsys: Out) -> None:
    found = listed(capsys, "v400m")
    assert found["acquirer", "issuer_master_key"].endswith("TDES 128 08D7B4")
    assert found["acquirer", "pin_key"].endswith("TDES 128 E49A6C")
    assert found["pad of V4000001", "pin_key"].endswith("TDES 128 E49A6C")
    assert found["scheme A000000003", "B7"].endswith("RSA 1408 8D0452E98D expires 2049-12-31")


def test_a_pad_with_derived_keys_shows_the_serial_number_that_it_has_reached(
    derived: Path, tmp_path: Path, capsys: Out
) -> None:
    state = tmp_path / "state"
    with Bench(state=state, host=derived, trace=False) as bench:
        till = bench.add_terminal("v400m")
        for key in ("OK", *"1250", "OK"):
            till.press(key)
        till.insert("visa-online-pin")
        for key in (*"4321", "OK"):
            till.press(key)
    found = listed(capsys, str(state), "--host", str(derived))
    assert found["acquirer", "base_derivation_key"].endswith("AES 128 53E107B36E")
    assert found["pad of V4000001", "initial_key"].startswith("initial_key B1 initial key of DUKPT AES 128")
    assert found["pad of V4000001", "initial_key"].endswith("00000001")


def test_a_pad_whose_housing_was_opened_is_erased(tmp_path: Path, capsys: Out) -> None:
    with Bench(state=tmp_path / "state", trace=False) as bench:
        bench.add_terminal("v400m").fault("tamper")
    found = listed(capsys, str(tmp_path / "state"))
    assert found["pad of V4000001", ""] == "erased: the housing was opened"


@pytest.mark.parametrize("content", ["zz", "0102", "é"], ids=["no hex", "too short", "no ASCII"])
def test_a_damaged_serial_number_is_one_sentence(
    derived: Path, tmp_path: Path, capsys: Out, content: str
) -> None:
    state = tmp_path / "state"
    with Bench(state=state, host=derived, trace=False) as bench:
        bench.add_terminal("v400m")
    file = state / "V4000001.pin-serial"
    file.write_text(content, encoding="utf-8")
    assert main(["keys", "list", str(state), "--host", str(derived)]) == 2
    said = f"{file}: this is no key serial number of 12 bytes; put the file back, or remove it"
    assert said in capsys.readouterr().err
    with (
        Bench(state=state, host=derived, trace=False) as bench,
        pytest.raises(BenchMisuse, match="no key serial number"),
    ):
        bench.add_terminal("v400m")


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["nothing"], "there is no profile 'nothing'"),
        (["v400m", "--host", "foo"], "there is no host 'foo'; there are test-acquirer"),
        (["v400m", "--host", "none.toml"], "none.toml: cannot be read"),
    ],
    ids=["profile", "host", "file"],
)
def test_what_is_not_there_is_said(arguments: list[str], said: str, capsys: Out) -> None:
    assert main(["keys", "list", *arguments]) == 2
    assert said in capsys.readouterr().err


def test_a_pad_with_new_keys_shows_those_that_the_host_has_given(tmp_path: Path, capsys: Out) -> None:
    config = Acquirer.load(BUNDLED).config
    state = tmp_path / "state"
    with Bench(state=state, trace=False) as bench:
        bench.add_terminal("v400m")
    before = listed(capsys, str(state))
    assert ("pad of V4000001", "mac_key") not in before
    lines = TerminalKeys(config)
    new = lines.following("V4000001", WorkingKeys(0, config.mac_key, config.pin_key))
    LineKeyStore(config, state / "V4000001.line-keys").renew(lines.blocks(new, MacAlgorithm.RETAIL))
    found = listed(capsys, str(state))
    assert found["pad of V4000001", "mac_key"].startswith("mac_key M3 MAC by ISO 9797-1 algorithm 3 TDES 128")
    assert found["pad of V4000001", "pin_key"].endswith("given by the host")
    assert found["pad of V4000001", "pin_key"] != before["pad of V4000001", "pin_key"]
