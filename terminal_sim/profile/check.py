"""What the classes of a profile cannot check alone, since it takes the flows and texts that there are."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from pathlib import Path

from terminal_sim.core.config import MenuEntry, Profile
from terminal_sim.datafiles.bundled import bundled
from terminal_sim.datafiles.positions import KeyPath
from terminal_sim.datafiles.sources import ProfileError, dotted, load_table, located
from terminal_sim.datafiles.suggest import suggest
from terminal_sim.display.texts import Texts
from terminal_sim.profile.kernel import COUNTRIES, kernel_file, kernel_path

# What was found sound by the identities of its parts, which are held here, so that no other object gets such an identity.
_SOUND: dict[tuple[int, int, int, str], object] = {}
_MOST = 256


def check(
    profile: Profile, flows: Collection[str], texts: Texts, *, locale: str = "", file: Path | None = None
) -> None:
    """Checks that the country and every language, flow and text exist and that every menu can be reached.

    `locale` is the one whose texts are looked up; without it they must be there in all languages.
    Raises `ProfileError`, with the place in `file` where one is given.
    """
    checked = profile, flows, texts
    key = id(profile), id(flows), id(texts), locale
    if key in _SOUND:
        return
    for path, what in _faults(profile, flows, texts, locale):
        if file is None:
            raise ProfileError(f"profile {profile.id}: {dotted(path)}{what}")
        raise located(path, what, load_table(file, bundled())[1])
    if len(_SOUND) >= _MOST:
        _SOUND.clear()
    _SOUND[key] = checked


def _faults(
    profile: Profile, flows: Collection[str], texts: Texts, locale: str
) -> Iterator[tuple[KeyPath, str]]:
    if profile.country not in COUNTRIES:
        yield ("country",), f"{profile.country!r} is not one of {', '.join(sorted(COUNTRIES))}"
    try:
        kernel_path(profile.kernel)
    except ProfileError as error:
        yield ("kernel",), str(error)
    kernel_file(profile.kernel)
    for index, tag in enumerate(profile.languages):
        if not texts.has_locale(tag):
            known = " or ".join(texts.languages)
            yield (
                ("languages", index),
                f"no texts, amounts and dates are written in {tag!r}: write {known}, or add a country as in en-CA",
            )
    if profile.home.flow not in flows:
        cure = suggest(profile.home.flow, flows)
        yield ("home", "flow"), f"there is no flow {profile.home.flow!r}{cure}"
    ids = texts.catalogue(locale) if locale else texts.ids
    lists: list[tuple[tuple[str, ...], tuple[MenuEntry, ...]]] = [(("home", "entries"), profile.home.entries)]
    lists += [(("menus", name, "entries"), menu.entries) for name, menu in profile.menus.items()]
    for where, entries in lists:
        for index, entry in enumerate(entries):
            if entry.flow and entry.flow not in flows:
                yield (
                    (*where, index, "flow"),
                    f"there is no flow {entry.flow!r}{suggest(entry.flow, flows)}",
                )
            if entry.id not in ids:
                yield (*where, index, "id"), f"there is no text {entry.id!r}{suggest(entry.id, ids)}"
    for name, menu in profile.menus.items():
        if menu.title and menu.title not in ids:
            yield (
                ("menus", name, "title"),
                f"there is no text {menu.title!r}{suggest(menu.title, ids)}",
            )
    offered = [entry.id for entry in profile.home.entries]
    if profile.home.confirm and profile.home.confirm not in offered:
        yield (
            ("home", "confirm"),
            f"{profile.home.confirm!r} is no home entry{suggest(profile.home.confirm, offered)}",
        )
    for name in profile.menus.keys() - _reachable(profile):
        yield ("menus", name), "nothing opens this menu; add an entry or a shortcut for it, or take it out"


def _reachable(profile: Profile) -> set[str]:
    seen: set[str] = set()
    home = profile.home
    ahead = [entry.menu for entry in home.entries if entry.menu]
    ahead += [*home.shortcuts.values(), *([home.menu] if home.menu else [])]
    while ahead:
        name = ahead.pop()
        if name not in seen:
            seen.add(name)
            ahead += [entry.menu for entry in profile.menus[name].entries if entry.menu]
    return seen
