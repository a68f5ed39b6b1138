"""Data files load strictly, and every mistake is named with its place and its cure."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import Enum
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from terminal_sim.core.moment import Duration
from terminal_sim.datafiles.sources import ProfileError
from terminal_sim.datafiles.toml import read


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
    assert read(write(tmp_path, GOOD), Cat) == Cat(
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
        read(file, Cat)
    assert str(caught.value) == f"{file}{says}"


@given(st.binary(max_size=40) | st.text(alphabet='name = "x"\n[]{}.#paws', max_size=60).map(str.encode))
def test_garbage_gives_a_profile_error_and_nothing_else(
    tmp_path_factory: pytest.TempPathFactory, text: bytes
) -> None:
    file = tmp_path_factory.getbasetemp() / "garbage.toml"
    file.write_bytes(text)
    try:
        read(file, Cat)
    except ProfileError as error:
        assert str(error).startswith(f"{file}:")  # noqa: PT017 - most garbage raises, some is a good file


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(
        ProfileError, match=r"none\.toml: cannot be read: No such file or directory; check the path"
    ):
        read(tmp_path / "none.toml", Cat)


def test_extends_merges_tables_and_replaces_all_else(tmp_path: Path) -> None:
    write(tmp_path, GOOD, "base.toml")
    file = write(tmp_path, 'extends = "base"\nfur = "short"\npaws = []\n[friends.Tom]\nwait = "1s"\n')
    cat = read(file, Cat)
    assert (cat.name, cat.fur, cat.paws) == ("Minou", Fur.SHORT, ())
    assert cat.friends == {"Tom": Paw(claws=2, wait=Duration.parse("1s"))}


def test_extends_looks_beside_the_file_and_then_in_the_library(tmp_path: Path) -> None:
    library = tmp_path / "library"
    library.mkdir()
    write(library, 'name = "library"', "base.toml")
    file = write(tmp_path, 'extends = "base"')
    assert read(file, Cat, library=library).name == "library"
    write(tmp_path, 'name = "beside"', "base.toml")
    assert read(file, Cat, library=library).name == "beside"


def test_a_fault_of_the_base_is_shown_in_the_base(tmp_path: Path) -> None:
    base = write(tmp_path, 'name = "x"\n\nfurr = 1', "base.toml")
    file = write(tmp_path, 'extends = "base"\nfur = "long"')
    with pytest.raises(ProfileError) as caught:
        read(file, Cat)
    assert str(caught.value) == f"{base}:3:1: furr: unknown key; did you mean 'fur'?"


def test_a_cycle_of_extends_is_refused(tmp_path: Path) -> None:
    one = write(tmp_path, 'extends = "two"', "one.toml")
    two = write(tmp_path, '\nextends = "one"', "two.toml")
    with pytest.raises(ProfileError) as caught:
        read(one, Cat)
    assert str(caught.value).startswith(f"{two}:2:11: extends: 'one' extends this file in turn: a cycle")


def test_an_unknown_base_names_the_nearest(tmp_path: Path) -> None:
    write(tmp_path, GOOD, "base.toml")
    file = write(tmp_path, 'extends = "bas"')
    with pytest.raises(ProfileError) as caught:
        read(file, Cat)
    assert str(caught.value) == f"{file}:1:11: extends: there is no 'bas'; did you mean 'base'?"


OUT_OF_MEASURE = [
    ("a thousand brackets", "rows = " + "[" * 1000 + "]" * 1000, ":1:40: out of measure: lists and tables"),
    ("a thousand inline tables", "collar = " + "{a=" * 1000, ":1:"),
    ("five thousand digits", "weight = " + "9" * 5000, ":1:10: out of measure: a key or number"),
    (
        "five thousand hexadecimal digits",
        "weight = 0x" + "f" * 5000,
        ":1:10: out of measure: a key or number",
    ),
    (
        "a key of a hundred thousand parts",
        "a" + ".a" * 100_000 + " = 1",
        ":1:64: out of measure: a key of more",
    ),
    ("quoted parts", '"a"' + '."a"' * 100_000 + " = 1", ":1:128: out of measure: a key of more"),
    (
        "a table of a hundred thousand parts",
        "[a" + ".a" * 100_000 + "]",
        ":1:65: out of measure: a key of more",
    ),
    ("a file of two megabytes", "#" * (2 << 20), ": cannot be read: larger than 1 MiB"),
]


@pytest.mark.parametrize(
    ("text", "says"), [row[1:] for row in OUT_OF_MEASURE], ids=[row[0] for row in OUT_OF_MEASURE]
)
def test_a_file_out_of_all_measure_is_refused_with_its_place(tmp_path: Path, text: str, says: str) -> None:
    file = write(tmp_path, text)
    with pytest.raises(ProfileError) as caught:
        read(file, Cat)
    assert str(caught.value).startswith(f"{file}{says}")


def test_brackets_digits_and_dots_in_texts_and_comments_have_no_measure(tmp_path: Path) -> None:
    much = "[" * 100 + "9" * 500 + "a." * 100
    file = write(tmp_path, f'# {much}\nname = """x\n{much}"""\nrows = [["{much}", \'{much}\']]\n')
    assert read(file, Cat).rows == ((much, much),)


def test_a_chain_of_extends_has_an_end(tmp_path: Path) -> None:
    for number in range(20):
        write(tmp_path, f'extends = "f{number + 1}"', f"f{number}.toml")
    with pytest.raises(ProfileError, match=r"more than 16 files that extend each other; merge some"):
        read(tmp_path / "f0.toml", Cat)


def test_a_file_may_begin_with_a_byte_order_mark(tmp_path: Path) -> None:
    assert read(write(tmp_path, f"\ufeff{GOOD}"), Cat).name == "Minou"


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-le", "utf-16-be"])
def test_a_file_in_utf_16_is_refused_with_the_cure(tmp_path: Path, encoding: str) -> None:
    file = tmp_path / "cat.toml"
    file.write_bytes(GOOD.encode(encoding))
    with pytest.raises(ProfileError, match=r":1:1: UTF-16 and not UTF-8; save the file as UTF-8"):
        read(file, Cat)
