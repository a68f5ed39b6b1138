"""Terminal profiles: the bundled ones by name, any other by its path, all read strictly from TOML.

A profile is data. What this module adds to the classes of `core.config` is where the files are, a JSON Schema for
editors, an explanation for people, and the checks that need to know which flows and texts there are.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from dataclasses import MISSING, Field, field, fields, is_dataclass, make_dataclass
from functools import cache
from pathlib import Path
from typing import Annotated, Any, Optional, get_args, get_origin

import msgspec

from terminal_sim.core.config import MenuEntry, Profile
from terminal_sim.core.moment import Duration
from terminal_sim.datafiles.bundled import bundled
from terminal_sim.datafiles.positions import KeyPath
from terminal_sim.datafiles.toml import ProfileError, chain, dotted, hints, located, nearest, plain_hint, read
from terminal_sim.display.texts import Texts
from terminal_sim.profile.kernel import COUNTRIES

__all__ = ["ProfileError", "bundled", "check", "explain", "file_of", "load", "names", "read", "schema"]


_VARIANTS = "variants"
_HEAD = re.compile(rb"^(profile|extends)\s*=", re.MULTILINE)


def names() -> list[str]:
    """The bundled devices, in alphabetical order: the files beside each other that say so in their head."""
    return sorted(path.stem for path in bundled().glob("*.toml") if _HEAD.search(path.read_bytes()))


def variants() -> list[str]:
    """Devices with other hardware or by other rules, which are run where they are named and not as one of `all`."""
    return sorted(path.stem for path in (bundled() / _VARIANTS).glob("*.toml"))


def file_of(profile: str | Path) -> Path:
    """The file of a bundled name or of a path (which holds a `/` or ends in `.toml`). Raises `ProfileError`."""
    if isinstance(profile, Path) or "/" in profile or profile.endswith(".toml"):
        return Path(profile)
    if profile in variants():
        return bundled() / _VARIANTS / f"{profile}.toml"
    if profile not in names():
        known = [*names(), *variants()]
        cure = nearest(profile, known) or f"; there are {', '.join(known)}"
        raise ProfileError(f"there is no profile {profile!r}{cure}")
    return bundled() / f"{profile}.toml"


def load(profile: str | Path) -> Profile:
    """A bundled profile by name, any other by path. Raises `ProfileError`."""
    return read(file_of(profile), Profile, library=bundled())


def check(
    profile: Profile, flows: Collection[str], texts: Texts, *, locale: str = "", file: Path | None = None
) -> None:
    """What the classes cannot know: that the country and every language, flow and text exist and every menu can be reached.

    `locale` is the one whose texts are looked up; without it they must be there in all languages.
    Raises `ProfileError`, with the place in `file` where one is given.
    """
    for path, what in _faults(profile, flows, texts, locale):
        if file is None:
            raise ProfileError(f"profile {profile.id}: {dotted(path)}{what}")
        raise located(path, what, chain(file, bundled()))


def _faults(
    profile: Profile, flows: Collection[str], texts: Texts, locale: str
) -> Iterator[tuple[KeyPath, str]]:
    if profile.country not in COUNTRIES:
        yield ("country",), f"{profile.country!r} is not one of {', '.join(sorted(COUNTRIES))}"
    for index, tag in enumerate(profile.languages):
        if not texts.has_locale(tag):
            known = " or ".join(texts.languages)
            yield (
                ("languages", index),
                f"nobody writes texts, amounts and dates in {tag!r}: write {known}, or add a country as in en-CA",
            )
    if profile.home.flow not in flows:
        cure = nearest(profile.home.flow, list(flows))
        yield ("home", "flow"), f"there is no flow {profile.home.flow!r}{cure}"
    ids = texts.catalogue(locale) if locale else texts.ids
    lists: list[tuple[tuple[str, ...], tuple[MenuEntry, ...]]] = [(("home", "entries"), profile.home.entries)]
    lists += [(("menus", name, "entries"), menu.entries) for name, menu in profile.menus.items()]
    for where, entries in lists:
        for index, entry in enumerate(entries):
            if entry.flow and entry.flow not in flows:
                yield (
                    (*where, index, "flow"),
                    f"there is no flow {entry.flow!r}{nearest(entry.flow, list(flows))}",
                )
            if entry.id not in ids:
                yield (*where, index, "id"), f"there is no text {entry.id!r}{nearest(entry.id, list(ids))}"
    for name, menu in profile.menus.items():
        if menu.title and menu.title not in ids:
            yield (
                ("menus", name, "title"),
                f"there is no text {menu.title!r}{nearest(menu.title, list(ids))}",
            )
    offered = [entry.id for entry in profile.home.entries]
    if profile.home.confirm and profile.home.confirm not in offered:
        yield (
            ("home", "confirm"),
            f"{profile.home.confirm!r} is no home entry{nearest(profile.home.confirm, offered)}",
        )
    for name in profile.menus.keys() - _reachable(profile):
        yield ("menus", name), "nothing opens this menu; add an entry or a shortcut for it, or take it out"


def _reachable(profile: Profile) -> set[str]:
    seen: set[str] = set()
    ahead = [entry.menu for entry in profile.home.entries if entry.menu] + list(
        profile.home.shortcuts.values()
    )
    while ahead:
        name = ahead.pop()
        if name not in seen:
            seen.add(name)
            ahead += [entry.menu for entry in profile.menus[name].entries if entry.menu]
    return seen


# --- for people ----------------------------------------------------------------------------------------------------


def explain(profile: Profile) -> str:
    """The profile as TOML with every default written out; what is left as the default carries `# default`."""
    head = [f"# {profile.maker} {profile.name}: {', '.join(sorted(profile.features))}"]
    return "\n".join(head + list(_tables(profile, ()))) + "\n"


def _tables(thing: Any, path: tuple[str, ...]) -> Iterator[str]:
    below: list[tuple[str, Any]] = []
    for name, value, default in _members(thing):
        if value is None:
            continue
        if is_dataclass(value) or isinstance(value, dict):
            below.append((name, value))
        else:
            yield f"{_key(name)} = {_toml(value)}{'  # default' if default else ''}"
    for name, value in below:
        inner = (*path, _key(name))
        yield from ("", f"[{'.'.join(inner)}]")
        yield from _tables(value, inner)


def _members(thing: Any) -> Iterator[tuple[str, Any, bool]]:
    if isinstance(thing, dict):
        yield from ((key, value, False) for key, value in thing.items())
    else:
        for f in fields(thing):
            value = getattr(thing, f.name)
            yield f.name, value, f.default is not MISSING and f.default == value


def _key(name: str) -> str:
    return name if name.replace("-", "").replace("_", "").isalnum() and name.isascii() else _toml(name)


def _toml(value: Any) -> str:
    if isinstance(value, Duration):
        return f'"{value}"'
    if isinstance(value, tuple):
        return f"[{', '.join(_toml(item) for item in value)}]"
    if is_dataclass(value):
        inner = (
            f"{_key(n)} = {_toml(v)}" for n, v, default in _members(value) if v is not None and not default
        )
        return f"{{ {', '.join(inner)} }}"
    return msgspec.json.encode(value).decode()  # a JSON string, number or boolean is a TOML one


# --- for editors ---------------------------------------------------------------------------------------------------


def schema(cls: type = Profile) -> dict[str, Any]:
    """The JSON Schema of a file of `cls`: closed objects, class docstrings as descriptions, durations as text.

    No key is required in it, for `extends` may bring it; `profiles check` reports what is missing.
    """
    made = msgspec.json.schema(_mirror(cls))
    for definition in made["$defs"].values():
        if "properties" in definition:
            definition["additionalProperties"] = False
            # Never a false alarm: a file that extends another one need not repeat what that one says.
            definition.pop("required", None)
    root = made["$defs"][cls.__name__]
    root["properties"]["extends"] = {
        "type": "string",
        "description": "The file to start from, without .toml.",
    }
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", **made}


_DURATION = Annotated[
    str, msgspec.Meta(pattern=r"^(\d+(us|ms|s|min|h|d))+$", description="500ms, 5s, 2min, 24h or 1d")
]


@cache
def _mirror(cls: type) -> type:
    """The same class with durations as the text they are written as, for `msgspec` cannot describe `Duration`."""
    members = [(f.name, _mirrored(hints(cls)[f.name]), _default(f)) for f in fields(cls) if f.init]
    return make_dataclass(cls.__name__, members, kw_only=True, namespace={"__doc__": cls.__doc__})


def _default(f: Field[Any]) -> Any:
    if f.default is MISSING and f.default_factory is MISSING:
        return field()
    if f.default is MISSING or is_dataclass(f.default):
        return field(default_factory=dict)  # optional; what it holds has defaults of its own
    return field(default=str(f.default) if isinstance(f.default, Duration) else f.default)


def _mirrored(hint: Any) -> Any:
    origin, arguments = get_origin(hint), get_args(hint)
    if hint is Duration:
        return _DURATION
    if isinstance(hint, type) and is_dataclass(hint):
        return _mirror(hint)
    if origin in (dict, tuple):
        return origin[tuple(a if a is ... else _mirrored(a) for a in arguments)]
    if plain_hint(hint) is not hint:
        return Optional[_mirrored(plain_hint(hint))]  # noqa: UP045 - built at run time
    return hint
