"""The keys of PIN pad and acquirer are planted, a PIN goes online under each management, and every byte of what is left is searched.

A saved bench is left out: it holds them in clear by its nature, as `SavedState.write` says, for its owner alone to read.
"""

from __future__ import annotations

import base64
import json
import pickle
from pathlib import Path

import pytest

from terminal_sim.bench import Bench, JsonLines, Trace
from terminal_sim.datafiles.bundled import bundled
from terminal_sim.emv.keys import key_block
from terminal_sim.emv.keys.key_block_header import KeyBlockHeader
from terminal_sim.host import pin_keys
from terminal_sim.host.config import PinKeys
from terminal_sim.secret import Secret
from tests.engine.kit import keys, ready

PROTECTION = Secret(bytes.fromhex("9A3C5E7718D2F46BA0C1E38F5D7264B97E10A5C86F3B92D4E8571C6A0DF3B245"))
BASE = Secret(bytes.fromhex("5BD01F8E63A9C27417F0E4B58C2D936A"))
PIN_KEY = Secret(bytes.fromhex("C8769DA42F5E10B3D38A4C61E7F20958"))
MANAGED = [("fixed", 0), ("dukpt-tdes", 3), ("dukpt-aes", 4)]


def host_file(folder: Path, managed: str, block_format: int) -> Path:
    base = block_of("B0", "A" if managed == "dukpt-aes" else "T", BASE)
    given = {
        "pin_key": block_of("P0", "T", PIN_KEY),
        "base_derivation_key": base,
        "key_block_protection_key": PROTECTION.reveal().hex(),
    }
    shipped = (bundled() / "hosts" / "test-acquirer.toml").read_text("utf-8").splitlines()
    lines = [line for line in shipped if not line.startswith("pin_key")]
    at = lines.index("[test_keys]") + 1
    lines[at:at] = [f'{name} = "{value}"' for name, value in given.items()]
    file = folder / "host.toml"
    file.write_text("\n".join([*lines, f'[pin]\nkeys = "{managed}"\nblock_format = {block_format}', ""]))
    return file


def block_of(usage: str, algorithm: str, key: Secret[bytes]) -> str:
    header = KeyBlockHeader(version="D", usage=usage, algorithm=algorithm, mode="X")
    return key_block.wrap(PROTECTION, header, key, bytes)


def written(value: bytes) -> dict[str, bytes]:
    """A key in each way in which a careless program writes one."""
    return {
        "raw": value,
        "hex": value.hex().encode(),
        "HEX": value.hex().upper().encode(),
        "spaced hex": value.hex(" ").encode(),
        "repr": repr(value)[2:-1].encode(),
        "list": ", ".join(map(str, value)).encode(),
        "base64": base64.b64encode(value).rstrip(b"="),
        "reversed": value[::-1],
    }


@pytest.mark.parametrize(("managed", "block_format"), MANAGED, ids=[row[0] for row in MANAGED])
def test_no_key_is_in_anything_that_a_run_leaves(tmp_path: Path, managed: str, block_format: int) -> None:
    state = tmp_path / "state"
    state.mkdir()
    planted = {"protection key": PROTECTION, "base key": BASE, "PIN key": PIN_KEY}
    with (state / "trace.jsonl").open("w") as sink:
        bench = Bench(
            state=state,
            trace=Trace(JsonLines(sink), keep=100_000),
            host=host_file(tmp_path, managed, block_format),
        )
        with bench:
            terminal = bench.add_terminal("v400m")
            ready(terminal)
            terminal.insert("visa-online-pin")
            keys(terminal, "4321", "OK")
            bench.advance(2_000_000)
            assert terminal.view().screen.id == "approved"
            config, store = bench.acquirer.config, terminal.board.keys
            planted["issuer master key"] = config.issuer_master_key
            if config.pin.keys is not PinKeys.FIXED:
                derivation = pin_keys.derivation_of(config)
                planted["initial key"] = initial = derivation.initial(BASE, store.serial)
                planted["key of the PIN"] = derivation.pin_key(initial, store.serial)
            (state / "trace.txt").write_text("\n".join(bench.trace.tail(100_000)))
            held = [getattr(store, slot) for slot in store.__slots__]
            shown = (config, config.test_keys, store, held, bench.host_messages(), terminal.journal())
            (state / "shown.txt").write_text(repr(shown))
    for file in (file for file in state.rglob("*") if file.is_file()):
        content = file.read_bytes()
        for name, key in planted.items():
            for way, value in written(key.reveal()).items():
                assert value not in content, f"{file.name} has the {name}: {way}"


def test_a_key_is_neither_pickled_nor_written_as_json() -> None:
    with pytest.raises(TypeError):
        pickle.dumps(PIN_KEY)
    with pytest.raises(TypeError):
        json.dumps(PIN_KEY)
