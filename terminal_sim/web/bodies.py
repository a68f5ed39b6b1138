"""What requests say in their bodies, as values: read strictly, so that a wrong field is a refusal and never ignored."""

from __future__ import annotations

from typing import Annotated

import msgspec
from msgspec import Meta, Struct

from terminal_sim.web.problem import ApiProblem, ProblemKind

LongestLine = Annotated[str, Meta(min_length=1, max_length=10_000)]
Lines = Annotated[list[LongestLine], Meta(min_length=1, max_length=1_000)]


class NewTerminal(Struct, frozen=True, forbid_unknown_fields=True):
    """A terminal to set up: a bundled profile, a language that it speaks, and options of the profile by their dotted keys."""

    profile: str
    locale: str | None = None
    options: dict[str, str | int | bool] = {}


class Acts(Struct, frozen=True, forbid_unknown_fields=True):
    """Lines of the script language, done in order up to the first that is refused."""

    lines: Lines


class ScriptText(Struct, frozen=True, forbid_unknown_fields=True):
    """A whole script of the language."""

    text: Annotated[str, Meta(max_length=1_000_000)]


class ScriptRun(Struct, frozen=True, forbid_unknown_fields=True):
    """A whole script to be run. `profiles` and `locale` go before its own; `only` selects scenarios, as `run -k`."""

    text: Annotated[str, Meta(max_length=1_000_000)]
    profiles: list[str] = []
    locale: str = ""
    seed: Annotated[int, Meta(ge=0, le=2**53)] = 0
    pack: str | None = None
    only: Annotated[str, Meta(max_length=1_000)] = ""


class NewBranch(Struct, frozen=True, forbid_unknown_fields=True, rename={"from_event": "from"}):
    """Where a branch goes on from: the number of an event that has happened."""

    from_event: Annotated[int, Meta(ge=1, le=2**53)]


class BranchChange(Struct, frozen=True, forbid_unknown_fields=True):
    """What becomes of a branch."""

    live: bool


class ClockChange(Struct, frozen=True, forbid_unknown_fields=True):
    """What happens to virtual time: exactly one of these."""

    advance: str | None = None
    next: bool | None = None
    run: bool | None = None
    set: str | None = None


def read(body: bytes, kind: type[Struct]) -> Struct:
    """Raises `ApiProblem` with the field that is wrong."""
    try:
        return msgspec.json.decode(body, type=kind)
    except msgspec.ValidationError as wrong:
        sentence, _, place = str(wrong).partition(" - at `$")
        field = place.rstrip("`").lstrip(".")
        raise ApiProblem(ProblemKind.BAD_VALUE, sentence, field=field) from None
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        raise ApiProblem(ProblemKind.NOT_JSON, "the body is no JSON") from None


def read_object(body: bytes) -> dict[str, object]:
    """Any object of JSON. Raises `ApiProblem`."""
    try:
        found = msgspec.json.decode(body) if body else {}
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        raise ApiProblem(ProblemKind.NOT_JSON, "the body is no JSON") from None
    if not isinstance(found, dict):
        raise ApiProblem(ProblemKind.BAD_VALUE, "the body is an object: each argument with its value")
    return found
