"""A bundle's file is read strictly: what is no bundle, or a damaged one, is one sentence, and nothing is written for it."""

from __future__ import annotations

import io
import random
import struct
import zipfile
import zlib
from collections.abc import Callable
from pathlib import Path

import msgspec
import pytest

from terminal_sim.explore.bundle import Bundle, BundleError
from terminal_sim.explore.bundle_file import (
    HIGHEST_RATIO,
    MOST_ACTS,
    members_of,
    packed,
    read,
    unpacked,
    write,
)
from terminal_sim.explore.data_files import digest
from terminal_sim.explore.recorded_act import ACTS, PRESS, SAVE_STATE, TAP, is_act, words_of
from terminal_sim.explore.replay import replayed
from terminal_sim.verbs import VERBS
from tests.explore.conftest import bundle_of

SHORT, WHOLE = 200, 5_000
"""How many damaged bundles `make test` and `make soak` read."""

SCRIPT = """keys 1
terminal v400m
scenario "A sale"
  press OK 1250 OK
  swipe visa-stripe
  expect screen "Approved"
"""


@pytest.fixture(scope="module")
def bundle(tmp_path_factory: pytest.TempPathFactory) -> Bundle:
    return bundle_of(tmp_path_factory.mktemp("run"), SCRIPT)


def rezipped(members: dict[str, bytes], kind: int = zipfile.ZIP_DEFLATED) -> bytes:
    sink = io.BytesIO()
    with zipfile.ZipFile(sink, "w", kind) as file:
        for name, data in members.items():
            file.writestr(name, data)
    return sink.getvalue()


def of(data: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(data)) as file:
        return {name: file.read(name) for name in file.namelist()}


def test_what_is_written_is_what_is_read(bundle: Bundle, tmp_path: Path) -> None:
    write(bundle, tmp_path / "a" / "b.tsim")
    assert read(tmp_path / "a" / "b.tsim") == bundle
    assert members_of(bundle) == members_of(unpacked(packed(bundle)))


def test_names_are_sorted_and_stamps_are_fixed(bundle: Bundle) -> None:
    with zipfile.ZipFile(io.BytesIO(packed(bundle))) as file:
        assert file.namelist() == sorted(file.namelist())
        assert {info.date_time for info in file.infolist()} == {(1980, 1, 1, 0, 0, 0)}


def test_a_bundle_of_a_sale_is_small(bundle: Bundle) -> None:
    assert len(packed(bundle)) < 20_000


def test_the_file_is_for_its_owner_alone(bundle: Bundle, tmp_path: Path) -> None:
    write(bundle, tmp_path / "b.tsim")
    assert (tmp_path / "b.tsim").stat().st_mode & 0o077 == 0


CHANGES: dict[str, tuple[Callable[[dict[str, bytes]], dict[str, bytes]], str]] = {
    "a member that no bundle has": (lambda m: m | {"../evil": b"x"}, "which no bundle has"),
    "an absolute name": (lambda m: m | {"/etc/passwd": b"x"}, "which no bundle has"),
    "a card in another folder": (lambda m: m | {"cards/../x.toml": b"x"}, "which no bundle has"),
    "a member less": (lambda m: {n: d for n, d in m.items() if n != "acts.jsonl"}, "has no acts.jsonl"),
    "a member that is not listed": (lambda m: m | {"state.json": b"{}"}, "list of members"),
    "another trace": (lambda m: m | {"trace.jsonl": m["trace.jsonl"] + b"\n"}, "not what was written"),
    "no head": (lambda m: m | {"bundle.json": b"[]"}, "no JSON object"),
    "a head of arrays": (lambda m: m | {"bundle.json": b"[" * 3_000}, "no JSON object"),
    "a format to come": (lambda m: m | {"bundle.json": b'{"format": 2}'}, "has format 2"),
    "an empty head": (lambda m: m | {"bundle.json": b'{"format": 1}'}, "is wrong"),
}


@pytest.mark.parametrize("change", CHANGES)
def test_a_foreign_file_is_refused_with_one_sentence(bundle: Bundle, change: str) -> None:
    make, sentence = CHANGES[change]
    with pytest.raises(BundleError, match=sentence) as refused:
        unpacked(rezipped(make(of(packed(bundle)))))
    assert "\n" not in str(refused.value)


@pytest.mark.parametrize(
    ("name", "line", "sentence"),
    [
        ("acts.jsonl", b'{"n": 1, "act": ["screenshot", "x"], "mono": 0}', "no act of a replay"),
        ("acts.jsonl", b'{"n": 1, "act": ["let", "a", "=", "b"], "mono": 0}', "no act of a replay"),
        ("acts.jsonl", b'{"n": 1, "act": [], "mono": 0}', "no act of a replay"),
        ("acts.jsonl", b'{"n": 1, "act": ["press", "1"], "mono": -1}', "out of time"),
        ("acts.jsonl", b'{"n": 1, "act": ["press", "1"], "mono": 99999999999999999}', "out of time"),
        ("acts.jsonl", b'{"n": 1, "act": ["press", "1"], "mono": 0, "exec": "rm"}', "unknown field"),
        ("acts.jsonl", b'{"n": "1", "act": ["press", "1"], "mono": 0}', "Expected `int`"),
        ("acts.jsonl", b"[" * 3_000, "acts.jsonl, line 1"),
        ("trace.jsonl", b'{"n": 1}', "trace.jsonl, line 1"),
        ("trace.jsonl", b"\xff\xfe", "not UTF-8"),
    ],
)
def test_a_line_that_has_not_its_schema_is_named(
    bundle: Bundle, name: str, line: bytes, sentence: str
) -> None:
    members = of(packed(bundle)) | {name: line + b"\n"}
    head = msgspec.json.decode(members["bundle.json"])
    head["members"][name] = digest(members[name])
    with pytest.raises(BundleError, match=sentence):
        unpacked(rezipped(members | {"bundle.json": msgspec.json.encode(head)}))


def test_a_bomb_is_not_unpacked(bundle: Bundle) -> None:
    members = of(packed(bundle)) | {"script.keys": b" " * 4_000_000}
    with pytest.raises(BundleError, match=f"more than {HIGHEST_RATIO} times"):
        unpacked(rezipped(members))
    with pytest.raises(BundleError, match="more than 64 MB"):
        unpacked(b"PK" + bytes(64 * 1024 * 1024))


def test_other_ways_of_packing_are_refused(bundle: Bundle) -> None:
    with pytest.raises(BundleError, match="packed as no bundle is"):
        unpacked(rezipped(of(packed(bundle)), zipfile.ZIP_LZMA))


def test_a_run_of_too_many_acts_is_not_written(bundle: Bundle) -> None:
    long = Bundle(head=bundle.head, acts=bundle.acts[:1] * (MOST_ACTS + 1), trace=(), script="")
    with pytest.raises(BundleError, match="too long"):
        packed(long)


def test_what_repeats_itself_is_written_so_that_it_is_read(bundle: Bundle) -> None:
    lines = (bundle.trace[0],) * 20_000
    repeated = Bundle(head=bundle.head, acts=bundle.acts, trace=lines, script=bundle.script)
    assert unpacked(packed(repeated)).trace == lines


def damaged(data: bytes, chance: random.Random) -> bytes:
    """The bytes with a bit flipped, a part cut out, doubled or overwritten, or a checksum made right again over other content."""
    found = bytearray(data)
    for _ in range(chance.randint(1, 3)):
        at, size = chance.randrange(len(found)), chance.randint(1, 60)
        match chance.randrange(5):
            case 0:
                found[at] ^= 1 << chance.randrange(8)
            case 1:
                del found[at : at + size]
            case 2:
                found[at:at] = found[at : at + size]
            case 3:
                found[at : at + size] = chance.randbytes(size)
            case _:
                found = bytearray(_mistaken(bytes(found), chance))
        found = found or bytearray(b"\0")
    return bytes(found)


def _mistaken(data: bytes, chance: random.Random) -> bytes:
    """A whole ZIP again, in which one member says something else and the list of digests agrees."""
    try:
        members = of(data)
        head = msgspec.json.decode(members["bundle.json"])
        name = chance.choice(sorted(members))
        content = bytearray(members[name] or b"{}")
        at = chance.randrange(len(content))
        content[at : at + chance.randint(0, 9)] = chance.choice(
            [b"", b"9", b"null", b"[[", b'"', b"-1", b"\xff", b"${x.pin}", b"99999999999", b"\n"]
        )
        members[name] = bytes(content)
        if name != "bundle.json":
            head["members"][name] = (
                f"{zlib.crc32(content):064x}" if chance.random() < 0.2 else digest(bytes(content))
            )
            members["bundle.json"] = msgspec.json.encode(head)
        return rezipped(members)
    except (zipfile.BadZipFile, KeyError, ValueError, OSError, EOFError, RuntimeError, NotImplementedError, struct.error, zlib.error, TypeError):  # fmt: skip
        return data


@pytest.mark.parametrize(
    "first", [0, *(pytest.param(n, marks=pytest.mark.soak) for n in range(SHORT, WHOLE, SHORT))]
)
def test_damaged_bundles_are_one_sentence_each(
    bundle: Bundle, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, first: int
) -> None:
    monkeypatch.chdir(tmp_path)
    before = sorted(tmp_path.rglob("*"))
    data = packed(bundle)
    sentences = [refusal(damaged(data, random.Random(seed))) for seed in range(first, first + SHORT)]
    assert len(list(filter(None, sentences))) > SHORT // 2
    for seed, sentence in enumerate(sentences, first):
        assert "\n" not in sentence, seed
        assert len(sentence) < 1_000, seed
    assert sorted(tmp_path.rglob("*")) == before


def refusal(data: bytes) -> str:
    """Why these bytes are not replayed; "" where they are, with whatever result."""
    try:
        replayed(unpacked(data), {})
    except BundleError as refused:
        return str(refused) or "?\n"
    return ""


def test_every_verb_is_an_act_or_leaves_no_act() -> None:
    """A verb that is added is either done again by a replay, or changes nothing that a trace has."""
    leaving_none = (
        "expect",
        "forbid",
        "note",
        "screenshot",
        "let",
        "capture",
        "verify",
        "wait",
        "press!",
        "tap!",
    )
    for words in VERBS:
        is_known = is_act(words) or words[0] in leaving_none or words in ((TAP,), (PRESS,), SAVE_STATE)
        assert is_known, " ".join(words)
    for words in ACTS:
        assert words in VERBS


@pytest.mark.parametrize(
    "line",
    [
        "insert visa-credit",
        'order "Two \\"large\\" teas, one cup" 1250',
        'pos payment-type 12 name="Cash on the \\\\ desk" type=cash',
        'insert visa-credit at "ccid+virtual:"',
        "",
        'an "unended text',
        "two  blanks",
    ],
)
def test_words_of_a_line_are_the_line_again(line: str) -> None:
    assert " ".join(words_of(line)) == line
