"""Profiles load strictly, and every mistake is named with its place and its cure."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from enum import Enum
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from terminal_sim import flows, profile
from terminal_sim.core.config import Profile
from terminal_sim.core.moment import Duration
from terminal_sim.display.texts import Texts
from terminal_sim.profile import ProfileError


class Fur(Enum):
    SHORT = "short"
    LONG = "long"


@dataclass(frozen=True, slots=True, kw_only=True)
class Paw:
    claws: int
    wait: Duration = Duration(0)

    def __post_init__(self) -> None:
        if self.claws > 5:
            raise ValueError(f"claws: {self.claws} are too many; 5 at most")
        if self.claws == 4:
            raise ValueError("four claws bring bad luck")


@dataclass(frozen=True, slots=True, kw_only=True)
class Cat:
    """An animal."""

    name: str
    fur: Fur = Fur.SHORT
    tame: bool = True
    weight: float = 4.0
    paws: tuple[Paw, ...] = ()
    rows: tuple[tuple[str, ...], ...] = ()
    friends: dict[str, Paw] = field(default_factory=dict)
    collar: Paw | None = None

    def __post_init__(self) -> None:
        for name in self.friends:
            if name == self.name:
                raise ValueError(f"friends.{name}: nobody is a friend of itself")


GOOD = """\
name = "Minou"
fur = "long"
tame = false
weight = 5
rows = [["a", "b"], []]
collar = { claws = 1, wait = "1min" }

[[paws]]
claws = 5
wait = "23h59min"

[[paws]]
claws = 3

[friends.Tom]
claws = 2
"""

LEADING_ZERO = ":1:9: broken TOML: Expected newline or end of document after a statement; a number that starts with 0 needs quotes"
STRANGER = ":2:1: zzz: unknown key; it knows name, fur, tame, weight, paws, rows, friends, collar"

# (what is wrong, the file, what the error says after the file's name)
MISTAKES = [
    ("broken TOML", 'name = "x\n', ":1:10: broken TOML: Illegal character '\\n'"),
    ("a zero in front", "name = 0856\n", LEADING_ZERO),
    ("the end is missing", "rows = [", ":1:9: broken TOML: Invalid value"),
    ("an unknown key", 'name = "x"\nfurr = "long"', ":2:1: furr: unknown key; did you mean 'fur'?"),
    ("a stranger", 'name = "x"\nzzz = 1', STRANGER),
    ("an unknown key deep inside", 'name = "x"\nfriends.Tom = { claws = 1, clwas = 2 }',
     ":2:28: friends.Tom.clwas: unknown key; did you mean 'claws'?"),
    ("a number for text", "name = 1856", ":1:8: name: text wanted, got 1856; put it in quotes"),
    ("text for a number", '\nname = "é"\ncollar = { claws = "é" }',
     ":3:20: collar.claws: a whole number wanted, got the text 'é'"),
    ("characters, not bytes, make a column", 'name = "é"\nfriends."é".claws = "x"',
     ":2:21: friends.é.claws: a whole number wanted, got the text 'x'"),
    ("text for a switch", 'name = "x"\ntame = "yes"', ":2:8: tame: true or false wanted, got the text 'yes'"),
    ("a switch for a number", 'name = "x"\nweight = true', ":2:10: weight: a number wanted, got true"),
    ("a wrong choice", 'name = "x"\nfur = "longg"',
     ":2:7: fur: the text 'longg' is not one of 'short', 'long'; did you mean 'long'?"),
    ("a number for a duration", 'name = "x"\n[collar]\nclaws = 1\nwait = 30',
     ':4:8: collar.wait: a duration such as "30s" or "2min" wanted, got 30'),
    ("a wrong duration", 'name = "x"\n[collar]\nclaws = 1\nwait = "30 s"',
     ":4:8: collar.wait: '30 s' is no duration: write 500ms, 5s, 2min, 24h or 1d"),
    ("a list for a table", 'name = "x"\ncollar = []', ":2:10: collar: a table wanted, got a list"),
    ("a table for a list", 'name = "x"\n[paws]\nclaws = 1', ":2:1: paws: a list wanted, got a table"),
    ("a wrong item", 'name = "x"\nrows = [\n  ["a"], # one\n  ["b", 2],\n]',
     ":4:9: rows[1][1]: text wanted, got 2; put it in quotes"),
    ("a missing key", "tame = true", ':1:1: name: missing; add name = "..."'),
    ("a missing key in a row", 'name = "x"\n[[paws]]\nclaws = 1\n[[paws]]\nwait = "1s"',
     ":4:1: paws[1].claws: missing; add claws = 0"),
    ("a refused value", 'name = "x"\n[[paws]]\nclaws = 1\n[[paws]]\nclaws = 6',
     ":5:9: paws[1].claws: 6 are too many; 5 at most"),
    ("a refused object", 'name = "x"\n[friends.Tom]\nclaws = 4', ":2:1: friends.Tom: four claws bring bad luck"),
    ("a refused key", 'name = "x"\n[friends.x]\nclaws = 1', ":2:1: friends.x: nobody is a friend of itself"),
]  # fmt: skip


def write(folder: Path, text: str, name: str = "cat.toml") -> Path:
    file = folder / name
    file.write_text(text, encoding="utf-8")
    return file


def test_a_good_file_becomes_the_object(tmp_path: Path) -> None:
    assert profile.read(write(tmp_path, GOOD), Cat) == Cat(
        name="Minou",
        fur=Fur.LONG,
        tame=False,
        weight=5.0,
        rows=(("a", "b"), ()),
        collar=Paw(claws=1, wait=Duration.parse("1min")),
        paws=(Paw(claws=5, wait=Duration.parse("23h59min")), Paw(claws=3)),
        friends={"Tom": Paw(claws=2)},
    )


@pytest.mark.parametrize(("text", "says"), [m[1:] for m in MISTAKES], ids=[m[0] for m in MISTAKES])
def test_a_mistake_is_named_with_its_place(tmp_path: Path, text: str, says: str) -> None:
    file = write(tmp_path, text)
    with pytest.raises(ProfileError) as caught:
        profile.read(file, Cat)
    assert str(caught.value) == f"{file}{says}"


@given(st.binary(max_size=40) | st.text(alphabet='name = "x"\n[]{}.#paws', max_size=60).map(str.encode))
def test_garbage_gives_a_profile_error_and_nothing_else(
    tmp_path_factory: pytest.TempPathFactory, text: bytes
) -> None:
    file = tmp_path_factory.getbasetemp() / "garbage.toml"
    file.write_bytes(text)
    try:
        profile.read(file, Cat)
    except ProfileError as error:
        assert str(error).startswith(f"{file}:")  # noqa: PT017 - most garbage raises, some is a good file


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(
        ProfileError, match=r"none\.toml: cannot be read: No such file or directory; check the path"
    ):
        profile.read(tmp_path / "none.toml", Cat)


def test_extends_merges_tables_and_replaces_all_else(tmp_path: Path) -> None:
    write(tmp_path, GOOD, "base.toml")
    file = write(tmp_path, 'extends = "base"\nfur = "short"\npaws = []\n[friends.Tom]\nwait = "1s"\n')
    cat = profile.read(file, Cat)
    assert (cat.name, cat.fur, cat.paws) == ("Minou", Fur.SHORT, ())
    assert cat.friends == {"Tom": Paw(claws=2, wait=Duration.parse("1s"))}


def test_extends_looks_beside_the_file_and_then_in_the_library(tmp_path: Path) -> None:
    library = tmp_path / "library"
    library.mkdir()
    write(library, 'name = "library"', "base.toml")
    file = write(tmp_path, 'extends = "base"')
    assert profile.read(file, Cat, library=library).name == "library"
    write(tmp_path, 'name = "beside"', "base.toml")
    assert profile.read(file, Cat, library=library).name == "beside"


def test_a_fault_of_the_base_is_shown_in_the_base(tmp_path: Path) -> None:
    base = write(tmp_path, 'name = "x"\n\nfurr = 1', "base.toml")
    file = write(tmp_path, 'extends = "base"\nfur = "long"')
    with pytest.raises(ProfileError) as caught:
        profile.read(file, Cat)
    assert str(caught.value) == f"{base}:3:1: furr: unknown key; did you mean 'fur'?"


def test_a_cycle_of_extends_is_refused(tmp_path: Path) -> None:
    one = write(tmp_path, 'extends = "two"', "one.toml")
    two = write(tmp_path, '\nextends = "one"', "two.toml")
    with pytest.raises(ProfileError) as caught:
        profile.read(one, Cat)
    assert str(caught.value).startswith(f"{two}:2:11: extends: 'one' extends this file in turn: a cycle")


def test_an_unknown_base_names_the_nearest(tmp_path: Path) -> None:
    write(tmp_path, GOOD, "base.toml")
    file = write(tmp_path, 'extends = "bas"')
    with pytest.raises(ProfileError) as caught:
        profile.read(file, Cat)
    assert str(caught.value) == f"{file}:1:11: extends: there is no 'bas'; did you mean 'base'?"


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
    others = {path.stem for path in profile.bundled().glob("*.toml")} - listed
    assert listed
    assert all(b"profile = 1" not in (profile.bundled() / f"{name}.toml").read_bytes() for name in others)


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
        ('languages = ["en-CA", "xx-YY"]\n', "2:23: languages[1]: nobody writes texts, amounts and dates in 'xx-YY'"),
        ('languages = ["fr-ZZ"]\n', "2:14: languages[0]: nobody writes texts, amounts and dates in 'fr-ZZ'"),
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
