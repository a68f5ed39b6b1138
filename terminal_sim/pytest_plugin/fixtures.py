"""The `terminal` fixture.

The profile is a fixture of its own, which the plugin parametrizes. So it does nothing where a project has its own fixture or parameter
`terminal`: nothing asks for the profile there.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from terminal_sim.pytest_plugin.bundles import followed
from terminal_sim.pytest_plugin.coverage import observe
from terminal_sim.pytest_plugin.options import chosen_options, default_profile
from terminal_sim.pytest_plugin.pictures import pictures_of
from terminal_sim.pytest_plugin.run_report import log_of, logged

if TYPE_CHECKING:
    from terminal_sim.bench import Profile, SavedState
    from terminal_sim.bench.served_apis import ServedApis
    from terminal_sim.verbs import Tester

MARKER = "terminal"
PROFILE_FIXTURE = "terminal_sim_profile"


@dataclass(frozen=True, slots=True, kw_only=True)
class _Wanted:
    """What the markers of a test say of its terminal; None where they leave it to the options."""

    locale: str | None = None
    seed: int | None = None
    pack: str | None = None
    cards: str | None = None
    options: Mapping[str, object] | None = None
    clock: str | None = None
    state: str | None = None
    pos_in_clear: bool = False


def parametrize_terminal(metafunc: pytest.Metafunc) -> None:
    """One test for each profile that its marker names, or that an option does."""
    if PROFILE_FIXTURE not in metafunc.fixturenames or _is_parametrized(metafunc.definition):
        return
    from terminal_sim.profile import is_path

    config = metafunc.config
    marker = metafunc.definition.get_closest_marker(MARKER)
    named: tuple[str, ...] = marker.args if marker is not None else ()
    chosen = chosen_options(config).profiles
    files = {name: str(config.invocation_params.dir / name) for name in chosen if is_path(name)}
    if named:
        names = [name for name in named if not chosen or name in chosen]
    else:
        names = [name for name in chosen if name not in files]
        names += [] if chosen else [default_profile(config)]
    here = metafunc.definition.path.parent
    params = {name: str(here / name) if is_path(name) else name for name in names} | files
    metafunc.parametrize(PROFILE_FIXTURE, [*params.values()], ids=[*params], indirect=True)


@pytest.fixture
def terminal_sim_profile(request: pytest.FixtureRequest) -> str:
    """The name or file of the profile that the `terminal` fixture stands for."""
    name: str = getattr(request, "param", "") or default_profile(request.config)
    return name


@pytest.fixture
def terminal(request: pytest.FixtureRequest, terminal_sim_profile: str) -> Iterator[Tester]:
    """A fresh terminal at its home screen, with the verbs of the script language as methods."""
    from terminal_sim.bench import Bench, BenchMisuse, ProfileError, Trace
    from terminal_sim.verbs import Tester

    options, wanted = chosen_options(request.config), _wanted(request)
    named = getattr(request, "param", terminal_sim_profile)
    profile = _loaded(named)
    if not wanted.locale and options.locale and options.locale not in profile.languages:
        pytest.skip(f"{profile.id} does not speak {options.locale}: it speaks {', '.join(profile.languages)}")
    seed = options.seed if wanted.seed is None else wanted.seed
    pack = options.pack if wanted.pack is None else wanted.pack
    decks = _decks(request, wanted.cards)
    kept = followed(request.node, seed=seed, pack=pack, clock=wanted.clock or "", decks=decks)
    subscribers = [one for one in (kept, log_of(request.node)) if one is not None]
    try:
        bench = Bench(
            seed=seed,
            pack=pack,
            decks=decks,
            clock=wanted.clock,
            trace=Trace(*subscribers) if subscribers else None,
        )
    except BenchMisuse as wrong:
        pytest.fail(str(wrong), pytrace=False)
    with bench:
        observe(request.node, bench)
        try:
            state = _state(request, wanted.state)
            terminal = bench.add_terminal(
                named if wanted.options else profile,
                options=wanted.options,
                locale=wanted.locale or options.locale or None,
                reader=options.reader,
                state_from=state,
            )
        except (BenchMisuse, ProfileError) as wrong:
            pytest.fail(str(wrong), pytrace=False)
        if kept is not None:
            kept.begin(bench, terminal, state)
        tester = Tester(
            bench,
            terminal,
            pictures=pictures_of(request.node, terminal),
            receipts_before=len(terminal.receipts),
            folder=request.path.parent,
        )
        with logged(request.node, tester):
            yield tester


@pytest.fixture
def terminal_api(request: pytest.FixtureRequest, terminal: Tester) -> Iterator[ServedApis]:
    """The vendor's interface of `terminal`, Adyen's Terminal API or Square's service, served to this machine by this process until the test is over."""
    from terminal_sim.bench import BenchMisuse

    if not terminal.terminal.profile.api:
        pytest.fail(f"{terminal.terminal.profile.id} has no interface for points of sale", pytrace=False)
    with ExitStack() as stack:
        try:
            sealed = not _wanted(request).pos_in_clear
            served = stack.enter_context(terminal.bench.serve_pos(sealed=sealed))
        except BenchMisuse as wrong:
            pytest.fail(str(wrong), pytrace=False)
        except ImportError as missing:
            pytest.fail(
                f'terminal_api needs the extra pos: pip install "terminal-sim[pos]" ({missing.name})',
                pytrace=False,
            )
        yield served


def _wanted(request: pytest.FixtureRequest) -> _Wanted:
    """A marker of the function adds to one of its class or module."""
    known = _Wanted.__slots__
    said: dict[str, Any] = {}
    for marker in request.node.iter_markers(MARKER):
        unknown: Mapping[str, Any] = {
            name: marker.kwargs[name] for name in marker.kwargs if name not in known
        }
        if unknown:
            taken = ", ".join(f"{name}=" for name in known)
            pytest.fail(
                f"the marker terminal takes profiles, {taken}, not {', '.join(unknown)}=", pytrace=False
            )
        said = {**marker.kwargs, **said}
    return _Wanted(**said)


def _loaded(name: str) -> Profile:
    from terminal_sim.bench import ProfileError
    from terminal_sim.script.vocabulary import vocabulary

    try:
        return vocabulary().load(name)
    except ProfileError as wrong:
        pytest.fail(str(wrong), pytrace=False)


def _decks(request: pytest.FixtureRequest, cards: str | None) -> tuple[Path, ...]:
    """The folder of further cards, as seen from the file of the test."""
    if cards is None:
        return ()
    folder = request.path.parent / cards
    if not folder.is_dir():
        pytest.fail(f"there is no folder of cards {folder}", pytrace=False)
    return (folder,)


def _state(request: pytest.FixtureRequest, state: str | None) -> SavedState | None:
    """What the terminal goes on from: a file as `save state "FILE"` writes it, as seen from the file of the test."""
    if state is None:
        return None
    from terminal_sim.verbs.states import read_state

    return read_state(state, request.path.parent)


def _is_parametrized(test: pytest.Item) -> bool:
    """Whether the test chooses the profiles itself, by parameters that go through the fixture."""
    names = {"terminal", PROFILE_FIXTURE}
    return any(names & {*_argument_names(marker)} for marker in test.iter_markers("parametrize"))


def _argument_names(parametrize: pytest.Mark) -> list[str]:
    given = parametrize.args[0] if parametrize.args else parametrize.kwargs.get("argnames", "")
    return [name.strip() for name in given.split(",")] if isinstance(given, str) else list(given)
