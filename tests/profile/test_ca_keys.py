"""Files of CA keys: the shipped one, and what is wrong with one is said with its line."""

from __future__ import annotations

from pathlib import Path

import pytest

from terminal_sim.datafiles.bundled import bundled
from terminal_sim.datafiles.sources import ProfileError
from terminal_sim.profile import ca_keys

SHIPPED = bundled() / "keys" / "test-ca.toml"


def test_every_shipped_key_is_marked_as_a_test_key_and_each_scheme_has_one() -> None:
    keys = ca_keys.load(SHIPPED)
    assert all(key.test for key in keys)
    assert len({key.rid for key in keys}) == len(keys) == 8


WRONG = [
    ("a mistyped digit", 'rid = "A000000003"', 'rid = "A000000013"', "checksum"),
    ("no hex", 'exponent = "03"', 'exponent = "three"', "exponent"),
    ("an exponent that EMV does not allow", 'exponent = "03"', 'exponent = "05"', "exponent"),
    ("an index of two bytes", 'index = "B7"', 'index = "B7B7"', "index"),
    ("a date of eight digits", 'expires = "491231"', 'expires = "20491231"', "expires"),
    ("a serial number of two bytes", 'revoked = ["00DEAD"]', 'revoked = ["0001"]', "revoked"),
    ("an unknown field", "test = true", "trusted = true", "trusted"),
]


@pytest.mark.parametrize(
    ("was", "becomes", "field"), [one[1:] for one in WRONG], ids=[one[0] for one in WRONG]
)
def test_a_fault_is_said_with_file_line_and_field(tmp_path: Path, was: str, becomes: str, field: str) -> None:
    file = tmp_path / "keys.toml"
    file.write_text(SHIPPED.read_text("utf-8").replace(was, becomes, 1), "utf-8")
    with pytest.raises(ProfileError, match=rf"keys\.toml:\d+.*{field}"):
        ca_keys.load(file)
