"""What the command line and the configuration of pytest say about terminals."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from terminal_sim.bench import Profile

PREFIX = "--terminal-sim-"
UPDATE_PICTURES = f"{PREFIX}update-pictures"
PICTURES_DIR = f"{PREFIX}pictures-dir"
GROUP = ("terminal-sim", "payment terminals (terminal-sim)")
DEFAULT_PROFILE = "v400m"
DEFAULT_READER = "virtual"

_DEFAULTS: dict[str, Any] = {
    "profile": [],
    "reader": [],
    "seed": 0,
    "locale": "",
    "pack": None,
    "update_pictures": False,
    "pictures_dir": None,
    "bundles": None,
    "out": "out",
    "retry": 0,
    "report": None,
    "coverage": None,
}
_OLDER_OPTIONS = {"--terminal": "profile", "--terminal-reader": "reader"}
_INI = "terminal_sim_profile"
_OLDER_INI = "terminal"
_HAS_OLDER_INI = pytest.StashKey[bool]()


@dataclass(frozen=True, slots=True, kw_only=True)
class ChosenOptions:
    """`profiles` are names and files; `locale` is "" for each profile's own, `pack` None for that of the acquirer's file.
    `update_pictures` stores the pictures that tests take; `pictures` is the folder for them, None for one beside each test file. `out` is the folder
    for those of failures. A scenario that does not hold is run `retry` times more; `report` is the folder of the report, if any.
    """

    profiles: tuple[str, ...]
    reader: str | tuple[str, ...]
    seed: int
    locale: str
    pack: str | None
    update_pictures: bool
    bundles: Path | None
    pictures: Path | None
    out: Path
    retry: int
    report: Path | None
    coverage: Path | None


def add_options(parser: pytest.Parser) -> None:
    """The options of the plugin, and its configuration value."""
    group = parser.getgroup(*GROUP)
    group.addoption(
        f"{PREFIX}profile",
        action="append",
        default=[],
        metavar="PROFILE",
        help="run on this terminal only, among those that scripts and markers name; a .toml file is what they run on instead (repeatable)",
    )
    group.addoption(
        f"{PREFIX}reader",
        action="append",
        default=[],
        metavar="ADDRESS",
        help="virtual (in the process), pty, recording:FILE, or a real reader such as ccid+serial:///dev/ttyUSB0; again for a stripe head"
        " beside a chip reader; virtual by default",
    )
    group.addoption(
        f"{PREFIX}seed", type=int, default=0, metavar="N", help="of everything random; 0 by default"
    )
    group.addoption(
        f"{PREFIX}locale", default="", metavar="TAG", help="the terminals' language, such as fr-CA"
    )
    group.addoption(f"{PREFIX}pack", metavar="NAME", help="the acquirer's amount pack that is in force")
    group.addoption(
        UPDATE_PICTURES,
        action="store_true",
        help="store the pictures that screenshot takes, in pictures/ beside each script or test file",
    )
    group.addoption(
        PICTURES_DIR,
        metavar="DIR",
        help="where stored pictures stand instead, in folders as those of the tests below the root folder of pytest",
    )
    group.addoption(
        f"{PREFIX}bundles",
        metavar="DIR",
        help="keep each test that fails in a file for `terminal-sim replay`",
    )
    group.addoption(
        f"{PREFIX}out",
        default="out",
        metavar="DIR",
        help="where the pictures of failures go; out/ by default",
    )
    group.addoption(
        f"{PREFIX}retry",
        type=int,
        default=0,
        metavar="N",
        help="run a scenario that fails up to N times more; one that then holds is flaky, which is no success",
    )
    group.addoption(
        f"{PREFIX}report",
        metavar="DIR",
        help="write DIR/index.html: every step of each scenario with its screen and what happened, on one page that opens from the disk",
    )
    group.addoption(
        f"{PREFIX}coverage",
        metavar="FILE.cov",
        help="write what the tests covered of their terminals, for `terminal-sim coverage`",
    )
    parser.addini(_INI, f"profile of the terminal fixture (default: {DEFAULT_PROFILE})", default="")


def add_older_names(parser: pytest.Parser, config: pytest.Config) -> None:
    """Adds the names without our prefix that no other plugin has added."""
    for name, new in _OLDER_OPTIONS.items():
        if _is_free(parser, name):
            parser.getgroup(*GROUP).addoption(
                name,
                dest=_dest(new),
                action="append",
                metavar="PROFILE" if new == "profile" else "ADDRESS",
                help=f"the older name of {PREFIX}{new}",
            )
    try:
        config.getini(_OLDER_INI)
    except ValueError:
        parser.addini(_OLDER_INI, f"the older name of {_INI}", default="")
        config.stash[_HAS_OLDER_INI] = True


def chosen_options(config: pytest.Config) -> ChosenOptions:
    """What this run of pytest was given."""
    readers: list[str] = _given(config, "reader")
    pictures: str | None = _given(config, "pictures_dir")
    bundles: str | None = _given(config, "bundles")
    report: str | None = _given(config, "report")
    coverage: str | None = _given(config, "coverage")
    return ChosenOptions(
        profiles=tuple(_given(config, "profile")),
        reader=readers[0] if len(readers) == 1 else tuple(readers) or DEFAULT_READER,
        seed=_given(config, "seed"),
        locale=_given(config, "locale"),
        pack=_given(config, "pack"),
        update_pictures=_given(config, "update_pictures"),
        bundles=None if bundles is None else config.invocation_params.dir / bundles,
        pictures=config.invocation_params.dir / pictures if pictures is not None else None,
        out=config.invocation_params.dir / _given(config, "out"),
        retry=_given(config, "retry"),
        report=config.invocation_params.dir / report if report is not None else None,
        coverage=config.invocation_params.dir / coverage if coverage is not None else None,
    )


def default_profile(config: pytest.Config) -> str:
    """The profile of the fixture where neither marker nor option names one."""
    older = config.getini(_OLDER_INI) if config.stash.get(_HAS_OLDER_INI, False) else ""
    return config.getini(_INI) or older or DEFAULT_PROFILE


def check_options(config: pytest.Config) -> None:
    """Raises `pytest.UsageError` with the cure for an option that cannot be."""
    chosen = chosen_options(config)
    for name in chosen.profiles:
        load_profile(config, name)
    if chosen.reader != DEFAULT_READER:
        _check_reader(chosen.reader)
    if chosen.pack is not None:
        _check_pack(chosen.pack)


def load_profile(config: pytest.Config, name: str) -> Profile:
    """The profile of a name, or of a file as seen from where pytest was called. Raises `pytest.UsageError` with the cure."""
    from terminal_sim.bench import ProfileError
    from terminal_sim.profile import is_path
    from terminal_sim.script.vocabulary import vocabulary

    try:
        return vocabulary().load(config.invocation_params.dir / name if is_path(name) else name)
    except ProfileError as wrong:
        raise pytest.UsageError(f"{PREFIX}profile: {wrong}") from None


def _check_reader(reader: str | tuple[str, ...]) -> None:
    from terminal_sim.readers.opening import DriverError, check_address

    try:
        check_address(reader)
    except DriverError as wrong:
        raise pytest.UsageError(f"{PREFIX}reader: {wrong}") from None


def _check_pack(pack: str) -> None:
    from terminal_sim.bench import Bench, BenchMisuse

    try:
        Bench(pack=pack).close()
    except BenchMisuse as wrong:
        raise pytest.UsageError(f"{PREFIX}pack: {wrong}") from None


def _is_free(parser: pytest.Parser, option: str) -> bool:
    """Whether no plugin takes the option: the parser then leaves it unread."""
    word = f"{option}=x"
    try:
        return word in parser.parse_known_and_unknown_args([word])[1]
    except pytest.UsageError:  # another plugin has it, and wants something else after it
        return False


def _given(config: pytest.Config, option: str) -> Any:
    """What was given, or the default where the plugin is switched off and its files are collected by a conftest."""
    return config.getoption(_dest(option), _DEFAULTS[option])


def _dest(option: str) -> str:
    return f"terminal_sim_{option}"
