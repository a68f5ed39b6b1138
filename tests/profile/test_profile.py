"""Profiles are found by name or path, and what no bench could run is refused with its place and its cure."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from terminal_sim import flows, profile
from terminal_sim.core.config import Profile
from terminal_sim.datafiles.bundled import bundled
from terminal_sim.display.texts import Texts
from terminal_sim.profile import ProfileError
from terminal_sim.profile.kernel import kernel_config


def write(folder: Path, text: str, name: str = "till.toml") -> Path:
    file = folder / name
    file.write_text(text, encoding="utf-8")
    return file


def test_the_bundled_profiles_load_by_name() -> None:
    assert {"s1f2", "v400m"} <= set(profile.names())
    for name in profile.names():
        assert profile.load(name).id == name


def test_an_unknown_name_gives_the_nearest() -> None:
    with pytest.raises(ProfileError, match=r"there is no profile 'v400'; did you mean 'v400m'\?"):
        profile.load("v400")


def test_a_profile_by_path_may_extend_a_bundled_one(tmp_path: Path) -> None:
    file = write(
        tmp_path, 'extends = "v400m"\nid = "till-3"\n[passcodes.admin]\ncode = "1234"\n', "till.toml"
    )
    mine, theirs = profile.load(file), profile.load("v400m")
    assert (mine.id, mine.passcodes["admin"].code) == ("till-3", "1234")
    assert mine.keypad == theirs.keypad


def test_a_refused_profile_points_into_its_file(tmp_path: Path) -> None:
    file = write(tmp_path, 'extends = "v400m"\n[menus.special]\npasscode = "nobody"\n')
    with pytest.raises(ProfileError) as caught:
        profile.load(file)
    assert str(caught.value) == f"{file}:3:12: menus.special.passcode: there is no passcode 'nobody'"


@pytest.mark.parametrize("name", profile.names())
def test_an_explanation_is_a_file_that_reads_back_as_the_profile(tmp_path: Path, name: str) -> None:
    loaded = profile.load(name)
    assert profile.load(write(tmp_path, profile.explain(loaded))) == loaded


def test_an_explanation_marks_what_is_left_as_the_default() -> None:
    lines = profile.explain(profile.load("v400m")).splitlines()
    assert 'passcode = "30s"  # default' in lines
    assert 'code = "0856"' in lines


def keys_of(definition: dict[str, object]) -> set[str]:
    properties = definition["properties"]
    assert isinstance(properties, dict)
    return set(properties)


def test_the_schema_closes_every_object_and_describes_it() -> None:
    schema = json.loads(json.dumps(profile.schema()))
    objects = {name: d for name, d in schema["$defs"].items() if "properties" in d}
    assert keys_of(objects["Profile"]) == set(Profile.__dataclass_fields__) | {"extends"}
    for definition in objects.values():
        assert definition["additionalProperties"] is False
        assert definition["description"]


def test_the_schema_writes_durations_as_text() -> None:
    entry = profile.schema()["$defs"]["Timeouts"]["properties"]["entry"]
    assert (entry["type"], entry["default"]) == ("string", "2min")
    assert entry["pattern"].startswith("^")


FLOWS = flows.load()
TEXTS = Texts.load()


@pytest.mark.parametrize("name", profile.names())
def test_a_bundled_profile_passes_the_checks(name: str) -> None:
    profile.check(profile.load(name), FLOWS, TEXTS, file=profile.file_of(name))


def test_data_that_is_no_profile_is_not_listed() -> None:
    """The folder holds other data as well, such as the kernel's configuration."""
    listed = set(profile.names())
    others = {path.stem for path in bundled().glob("*.toml")} - listed
    assert listed
    assert all(b"profile = 1" not in (bundled() / f"{name}.toml").read_bytes() for name in others)


@pytest.mark.parametrize(
    ("added", "says"),
    [
        ('[menus.lost]\nentries = []\n', "2:1: menus.lost: nothing opens this menu"),
        ('[menus.admin]\ntitle = "admni"\n', "3:9: menus.admin.title: there is no text 'admni'; did you mean 'admin'?"),
        ('home.entries = [{ id = "start", flow = "sael" }]\n',
         "2:40: home.entries[0].flow: there is no flow 'sael'; did you mean 'sale'?"),
        ('home.entries = [{ id = "strat", flow = "sale" }]\n',
         "2:24: home.entries[0].id: there is no text 'strat'; did you mean 'start'?"),
        ('home.confirm = "strat"\n', "2:16: home.confirm: 'strat' is no home entry; did you mean 'start'?"),
        ('home.flow = "hoem"\n', "2:13: home.flow: there is no flow 'hoem'; did you mean 'home'?"),
        ('country = "ZZ"\n', "2:11: country: 'ZZ' is not one of AU, CA,"),
        ('languages = ["en-CA", "xx-YY"]\n', "2:23: languages[1]: no texts, amounts and dates are written in 'xx-YY'"),
        ('languages = ["fr-ZZ"]\n', "2:14: languages[0]: no texts, amounts and dates are written in 'fr-ZZ'"),
        ('languages = []\n', "2:13: languages: at least one"),
        ('id = "../till"\n', "2:6: id: small letters and digits"),
        ('displays.main.width = 0\n', "2:23: displays.main.width: must be above zero"),
        ('displays.main.height = -1\n', "2:24: displays.main.height: must be above zero"),
        ('merchant.id = "ÉPICERIE"\n', "2:15: merchant.id: 1 to 15 printable ASCII characters"),
        ('merchant.category = "none"\n', "2:21: merchant.category: four digits, in quotes"),
        ('timeouts.pin = "0s"\n', "2:16: timeouts.pin: must be above zero"),
        ("battery.low = 101\n", "2:15: battery.low: 0 to 100 percent, not 101"),
        ("battery.low = 4\n", "2:1: battery.critical: 0 to the 4 percent of low, not 5"),
        ('offline.upload = "0s"\n', "2:18: offline.upload: must be above zero"),
        ("offline.entries.keyed = true\n", "2:25: offline.entries.keyed: a number that is typed is never taken offline"),
    ],
)  # fmt: skip
def test_a_profile_that_no_bench_could_run_is_refused(tmp_path: Path, added: str, says: str) -> None:
    file = write(tmp_path, f'extends = "v400m"\n{added}')
    with pytest.raises(ProfileError) as caught:
        profile.check(profile.load(file), FLOWS, TEXTS, file=file)
    assert str(caught.value).startswith(f"{file}:{says}")


def test_a_check_without_a_file_names_the_profile(tmp_path: Path) -> None:
    file = write(tmp_path, 'extends = "v400m"\nhome.confirm = "strat"\n')
    with pytest.raises(ProfileError, match=r"profile v400m: home\.confirm: 'strat' is no home entry"):
        profile.check(profile.load(file), FLOWS, TEXTS)


def test_every_bundled_application_has_action_codes_and_interac_its_own_elements() -> None:
    config = kernel_config(profile.load("v400m"), "T0000001")
    for one in config.applications:
        assert any(one.tac_default)
        assert any(one.tac_online)
        assert len(one.tac_default) == len(one.tac_denial) == len(one.tac_online) == 5
    (interac,) = (one for one in config.applications if one.brand == "interac")
    assert {tag: len(value) for tag, value in interac.elements} == {0x9F58: 1, 0x9F59: 3, 0x9F5A: 1}
    unionpay = {one.aid.hex().upper() for one in config.applications if one.brand == "unionpay"}
    assert unionpay == {f"A00000033301010{kind}" for kind in (1, 2, 3)}
