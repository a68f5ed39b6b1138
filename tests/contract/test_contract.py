"""The two contracts that scripts rely on, held to the word: the language's examples run as printed, each id has its wordings."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from terminal_sim.cli.main import main
from terminal_sim.core.rows.table import ROW_KINDS
from terminal_sim.display.texts import Texts, plain
from terminal_sim.verbs import VERBS

HERE = Path(__file__).parent
LANGUAGE = (HERE / "keys-language.md").read_text(encoding="utf-8")
NAMES = (HERE / "names.md").read_text(encoding="utf-8")
TEXTS = Texts.load()
EXAMPLES = [
    block for block in re.findall(r"```\n(.*?)```", LANGUAGE, re.DOTALL) if block.startswith("keys 1")
]
ROW = re.compile(r"\| ((?:`[\w-]+`(?:, )?)+) \| ([^|]*) \| ([^|]*) \|")
# What a contactless kernel of EMV Books C shows beyond the outcomes that the kernel here has.
NOT_SHOWN = {"see-phone", "one-card-only", "try-again"}
SAME = "same"  # a wording that is the same in both languages, as the contract writes it


def wordings() -> Iterator[tuple[str, str, str]]:
    """Each id of the tables with its English and its French, the remarks in brackets left out."""
    for line in NAMES.splitlines():
        if (found := ROW.match(line)) is None:
            continue
        ids = re.findall(r"`([\w-]+)`", found[1])
        columns = [re.sub(r" \([^{]*\)$", "", column.strip()) for column in found.groups()[1:3]]
        if len(ids) == 1:
            yield ids[0], columns[0].partition(";")[0], columns[1].partition(";")[0]
        else:
            words = [[word.strip() for word in column.split(":")[-1].split(",")] for column in columns]
            yield from zip(ids, *words, strict=True)


def shape(wording: str) -> str:
    """A wording without the names of its places."""
    return re.sub(r"\{[^}]*\}", "{}", plain(wording))


def test_the_contract_has_examples() -> None:
    assert len(EXAMPLES) == 2


@pytest.mark.parametrize("number", range(len(EXAMPLES)))
def test_an_example_runs_as_printed(number: int, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    script = tmp_path / "example.keys"
    script.write_text(EXAMPLES[number], encoding="utf-8")
    code = main(["run", str(script)])
    assert code == 0, capsys.readouterr().out


def test_each_id_reads_as_the_contract_says() -> None:
    differs = []
    for name, english, french in wordings():
        if name in NOT_SHOWN:
            continue
        for locale, wanted in (("en", english), ("fr", french)):
            known = TEXTS.catalogue(locale).get(name, "(none)")
            if wanted != SAME and shape(known) != shape(wanted):
                differs.append((name, locale, known, wanted))
    assert differs == []


def test_each_kind_of_the_journal_is_there() -> None:
    said = NAMES.partition("## Journal kinds")[2].partition("have the")[0]
    kinds = re.findall(r"`([a-z.]+)`", said.rpartition("Payment rows")[0])
    assert len(kinds) > 15
    assert [kind for kind in kinds if kind not in ROW_KINDS] == []


def test_each_act_and_expectation_is_a_verb() -> None:
    rows = re.findall(r"^\| `([^`|]+)`", LANGUAGE, re.MULTILINE)
    words = {" ".join(verb) for verb in VERBS}
    unknown = [
        row
        for row in rows
        if not any(f"{row.replace('[no] ', '')} ".startswith(f"{verb} ") for verb in words)
    ]
    assert unknown == []
