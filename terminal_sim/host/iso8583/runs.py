"""Neighbouring fields of fixed length and one alphabet, which are read as one text and cut: a message has few of these runs and many fields."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from terminal_sim.host.iso8583.forms import CODECS, Alphabet, ElementForm


class FieldCut(NamedTuple):
    """A field in the text of its run, and where the digit stands that fills an odd number up, -1 for none."""

    name: str
    first: int
    end: int
    filler: int


class FieldRun(NamedTuple):
    """`size` bytes and the fields in them; or one field whose length varies, with its `form`."""

    alphabet: Alphabet
    size: int
    cuts: tuple[FieldCut, ...]
    form: ElementForm | None


def runs_of(forms: Iterable[ElementForm]) -> tuple[FieldRun, ...]:
    """The runs of fields in the order of `forms`."""
    runs: list[FieldRun] = []
    for form in forms:
        if form.prefix:
            runs.append(FieldRun(form.alphabet, 0, (), form))
            continue
        if not runs or runs[-1].form is not None or runs[-1].alphabet is not form.alphabet:
            runs.append(FieldRun(form.alphabet, 0, (), None))
        runs[-1] = _longer(runs[-1], form)
    return tuple(runs)


def _longer(run: FieldRun, form: ElementForm) -> FieldRun:
    """The run with one more field behind those that it has."""
    at = run.size if form.alphabet in CODECS else 2 * run.size
    if form.alphabet is not Alphabet.DIGITS:
        characters = form.size if form.alphabet in CODECS else 2 * form.size
        cut = FieldCut(form.name, at, at + characters, -1)
        return run._replace(size=run.size + form.size, cuts=(*run.cuts, cut))
    odd = form.size & 1
    first = at + 1 if odd and not form.odd_right else at
    filler = (at + form.size if form.odd_right else at) if odd else -1
    cut = FieldCut(form.name, first, first + form.size, filler)
    return run._replace(size=run.size + (form.size + 1 >> 1), cuts=(*run.cuts, cut))
