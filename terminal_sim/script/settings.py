"""Judges the settings of a script: which terminals it runs on, in what language, from when, with which cards and secrets."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from terminal_sim.bench import BenchMisuse, Profile, ProfileError
from terminal_sim.datafiles.suggest import suggest
from terminal_sim.profile import is_path
from terminal_sim.script.diagnostics import Diagnostics
from terminal_sim.script.tree import Problem, Script, Value
from terminal_sim.script.values import VARIABLES
from terminal_sim.script.vocabulary import Vocabulary, check_clock
from terminal_sim.verbs.states import is_name

ALL = "all"
_SINGLE = ("locale", "clock")


@dataclass(frozen=True, slots=True)
class Skip:
    """A profile that a script names but cannot run on, and why."""

    profile: str
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """`locale` is "" for each profile's own, `clock` "" for the bench's. `options` are those that all scenarios have,
    `overruling` those of them that go before a scenario's own, and `places` what each profile is loaded by.
    """

    profiles: Mapping[str, Profile]
    skips: tuple[Skip, ...]
    locale: str
    clock: str
    decks: tuple[Path, ...]
    secrets: Mapping[str, str]
    options: Mapping[str, str]
    overruling: Mapping[str, str]
    places: Mapping[str, str | Path]


def settings(
    script: Script,
    vocabulary: Vocabulary,
    diagnostics: Diagnostics,
    *,
    profiles: Mapping[str, Profile] | None,
    locale: str,
    options: Mapping[str, str],
    environ: Mapping[str, str],
) -> Settings:
    """`profiles`, `locale` and `options` overrule the script's own; `environ` has its secrets."""
    everyone = dict(profiles) if profiles else _profiles(script, vocabulary, diagnostics)
    places = {name: name if profiles else _place(script, name) for name in everyone}
    written = options_of(script.values_of("with"), diagnostics)
    for_all = {**{key: value.text for key, value in written.items()}, **options}
    skips = (*_lacking(script, vocabulary, diagnostics, everyone), *_silent(everyone, locale))
    skipped = {skip.profile for skip in skips}
    running = {name: profile for name, profile in everyone.items() if name not in skipped}
    running = with_options(running, places, for_all, written, vocabulary, diagnostics)
    for name in _SINGLE:
        for extra in script.values_of(name)[1:]:
            diagnostics.report(extra, f"{name} is said once, with one value")
    return Settings(
        profiles=running,
        skips=skips,
        locale=locale or _locale(script, diagnostics, running),
        clock=_clock(script, diagnostics),
        decks=_decks(script, diagnostics),
        secrets=_secrets(script, diagnostics, environ),
        options=for_all,
        overruling=options,
        places=places,
    )


def options_of(values: Sequence[Value], diagnostics: Diagnostics) -> dict[str, Value]:
    """The values of `with` by their keys."""
    found: dict[str, Value] = {}
    for value in values:
        if not value.name:
            diagnostics.report(value, "an option is written KEY=VALUE: with offline.allowed=true")
        elif value.variables:
            diagnostics.report(value, "an option has no variables: the terminal is built with it")
        elif value.name in found:
            diagnostics.report(value, f"{value.name} is said twice")
        else:
            found[value.name] = value
    return found


def with_options(
    profiles: Mapping[str, Profile],
    places: Mapping[str, str | Path],
    options: Mapping[str, str],
    written: Mapping[str, Value],
    vocabulary: Vocabulary,
    diagnostics: Diagnostics,
) -> dict[str, Profile]:
    """The profiles with these options; a refused one is reported where it is `written`.

    Raises `ProfileError` for one that is written nowhere: it is of the command line.
    """
    found: dict[str, Profile] = {}
    for name, profile in profiles.items():
        found[name] = profile
        try:
            found[name] = vocabulary.load(places[name], options) if options else profile
        except ProfileError as wrong:
            blamed = [value for key, value in written.items() if _speaks_of(str(wrong), key)] or [
                *written.values()
            ]
            if not blamed:
                raise
            diagnostics.report(blamed[0], f"{name}: {wrong}")
    return found


def _speaks_of(error: str, key: str) -> bool:
    return f"{key}: " in error or f"{key!r}" in error


def _place(script: Script, name: str) -> str | Path:
    """What a profile of the script is loaded by: a path is one from the script's folder."""
    return script.path.parent / name if is_path(name) else name


def _profiles(script: Script, vocabulary: Vocabulary, diagnostics: Diagnostics) -> dict[str, Profile]:
    named = script.values_of("terminal")
    if not named and (script.scenarios or not script.macros):  # a file of macros runs nowhere by itself
        diagnostics.add(
            [Problem(script.path, 1, 1, "no terminal is named: write `terminal NAME...` below `keys 1`")]
        )
    found: dict[str, Profile] = {}
    for value in named:
        for name in vocabulary.profiles if value.text == ALL else (value.text,):
            try:
                found[name] = vocabulary.load(_place(script, name))
            except ProfileError as wrong:
                diagnostics.report(value, str(wrong))
    return found


def _lacking(
    script: Script, vocabulary: Vocabulary, diagnostics: Diagnostics, profiles: Mapping[str, Profile]
) -> tuple[Skip, ...]:
    needed = script.values_of("requires")
    known = vocabulary.features.union(*(profile.features for profile in profiles.values()))
    for value in needed:
        if value.text not in known:
            cure = suggest(value.text, known) or f": {', '.join(sorted(known))}"
            diagnostics.report(value, f"there is no feature {value.text!r}{cure}")
    lacks = {
        name: [v.text for v in needed if v.text in known - profile.features]
        for name, profile in profiles.items()
    }
    return tuple(Skip(name, f"{name} has no {', '.join(lack)}") for name, lack in lacks.items() if lack)


def _silent(profiles: Mapping[str, Profile], locale: str) -> tuple[Skip, ...]:
    """Profiles that do not speak a language that was asked for from outside the script."""
    return tuple(
        Skip(name, f"{name} does not speak {locale}: it speaks {', '.join(profile.languages)}")
        for name, profile in profiles.items()
        if locale and locale not in profile.languages
    )


def _locale(script: Script, diagnostics: Diagnostics, profiles: Mapping[str, Profile]) -> str:
    for value in script.values_of("locale")[:1]:
        for name, profile in profiles.items():
            if value.text not in profile.languages:
                cure = suggest(value.text, profile.languages) or f": it speaks {', '.join(profile.languages)}"
                diagnostics.report(value, f"{name} does not speak {value.text!r}{cure}")
        return value.text
    return ""


def _clock(script: Script, diagnostics: Diagnostics) -> str:
    for value in script.values_of("clock")[:1]:
        try:
            check_clock(value.text)
        except BenchMisuse as wrong:
            diagnostics.report(value, str(wrong))
        return value.text
    return ""


def _decks(script: Script, diagnostics: Diagnostics) -> tuple[Path, ...]:
    folders = {value: script.path.parent / value.text for value in script.values_of("cards")}
    for value, folder in folders.items():
        if not folder.is_dir():
            diagnostics.report(value, f"there is no folder of cards {folder}")
    return tuple(folder for folder in folders.values() if folder.is_dir())


def _secrets(script: Script, diagnostics: Diagnostics, environ: Mapping[str, str]) -> dict[str, str]:
    found = {}
    for value in script.values_of("secret"):
        if not is_name(value.text) or value.text in VARIABLES:
            diagnostics.report(value, f"{value.text!r} cannot be the name of a secret")
        elif not environ.get(value.text):
            diagnostics.report(value, f"the environment has no variable {value.text}: set it to the secret")
        else:
            found[value.text] = environ[value.text]
    return found
