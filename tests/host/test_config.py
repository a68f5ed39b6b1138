"""Host files: the shipped one is read, and a slip in one is named with its place and its cure."""

from __future__ import annotations

from pathlib import Path

import pytest

from terminal_sim.datafiles.sources import ProfileError
from terminal_sim.host.acquirer import Acquirer
from tests.host.samples import HOST_FILE


def test_the_shipped_host_file_is_read_and_its_pack_is_off() -> None:
    config = Acquirer.load(HOST_FILE).config
    assert config.pack == ""
    assert config.ending_of(1124) is None
    assert len(config.issuer_master_key) == len(config.pin_key) == 16


def test_keys_never_show() -> None:
    config = Acquirer.load(HOST_FILE).config
    assert config.test_keys.pin_key not in repr(config)
    assert config.test_keys.issuer_master_key not in repr(config)


def test_a_pack_is_named_at_loading() -> None:
    config = Acquirer.load(HOST_FILE, pack="adyen-amounts").config
    found = config.ending_of(10124)
    assert found is not None
    assert (found[0], found[1].code) == ("124", "51")


def test_an_unknown_pack_is_refused_with_those_there_are() -> None:
    with pytest.raises(ValueError, match="'square-amounts'; there is adyen-amounts"):
        Acquirer.load(HOST_FILE, pack="square-amounts")


@pytest.mark.parametrize(
    ("before", "after", "said"),
    [
        ('delay = "300ms"', 'delays = "300ms"', "did you mean 'delay'"),
        ('delay = "300ms"', "delay = 300", "a duration"),
        ('answer = "declined:05"', 'answer = "declined:0"', "response code"),
        ('pan = "4000000000000002"\n', "", "would fit everything"),
        ('no-match = "00"', 'no_match = "00"', "an address check ends as"),
        ('no-match = "00"', 'no-match = "0"', "a response code wanted"),
        ("0123456789ABCDEFFEDCBA9876543210", "0123456789ABCDEF", "32 hex digits wanted"),
        ('124 = { code = "51"', 'x24 = { code = "51"', "digits only"),
        ('124 = { code = "51"', '124 = { code = "5"', "such as 51"),
        ('pack = ""', 'pack = "adyen"', "there is no pack 'adyen'"),
    ],
)
def test_a_slip_is_named_with_its_place_and_its_cure(
    tmp_path: Path, before: str, after: str, said: str
) -> None:
    text = HOST_FILE.read_text(encoding="utf-8")
    assert before in text
    file = tmp_path / "host.toml"
    file.write_text(text.replace(before, after), encoding="utf-8")
    with pytest.raises(ProfileError, match=said) as refused:
        Acquirer.load(file)
    assert f"{file}:" in str(refused.value)
