"""Bundles of tests that fail: a scenario keeps its own, and the `terminal` fixture follows what a Python test does."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from terminal_sim.pytest_plugin.options import ChosenOptions, chosen_options

if TYPE_CHECKING:
    from terminal_sim.explore.bundles import KeptRun
    from terminal_sim.script.keeping import RunKeeper

_FOLLOWED = pytest.StashKey["KeptRun"]()


def keeper_of(options: ChosenOptions) -> RunKeeper | None:
    """What keeps the scenarios that fail, where this run of pytest keeps any."""
    if options.bundles is None:
        return None
    from terminal_sim.explore.bundles import FailureBundles

    return FailureBundles(options.bundles)


def followed(
    test: pytest.Item, *, seed: int, pack: str | None, clock: str, decks: tuple[Path, ...]
) -> KeptRun | None:
    """What follows a Python test from before its terminal is there, where this run of pytest keeps any."""
    options = chosen_options(test.config)
    if options.bundles is None:
        return None
    from terminal_sim.explore.bundle import BundledScenario
    from terminal_sim.explore.bundle_file import SUFFIX
    from terminal_sim.explore.bundle_log import RunAbout
    from terminal_sim.explore.bundles import KeptRun
    from terminal_sim.script.file_names import file_name

    name = test.nodeid.partition("::")[2]
    about = RunAbout(
        scenario=BundledScenario(test.path.name, (test.reportinfo()[1] or 0) + 1, name),
        readers=(options.reader,) if isinstance(options.reader, str) else options.reader,
        seed=seed,
        pack=pack,
        clock=clock,
        decks=decks,
    )
    test.stash[_FOLLOWED] = KeptRun(about, options.bundles / f"{file_name(test.path.stem, name)}{SUFFIX}")
    return test.stash[_FOLLOWED]


def keep_bundle(test: pytest.Item, failure: BaseException) -> None:
    """Adds to a failure where the bundle of the test is."""
    kept = test.stash.get(_FOLLOWED, None)
    if kept is None or isinstance(failure, pytest.skip.Exception):
        return
    from terminal_sim.script.results import ScenarioOutcome
    from terminal_sim.verbs.mask import Mask

    kept.end()
    card = kept.terminal.card if kept.terminal is not None else None
    sentence = Mask(card.secret_texts if card is not None else ())(str(failure)).partition("\n")[0]
    failure.add_note(f"bundle: {kept.keep(ScenarioOutcome.UNMET, sentence)}")
