"""Pictures of Python tests: those that a test takes stand in `pictures/` beside its file, and a failed one leaves that of its screens."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from terminal_sim.pytest_plugin.options import UPDATE_PICTURES, chosen_options

if TYPE_CHECKING:
    from terminal_sim.bench import TerminalUnderTest
    from terminal_sim.verbs.pictures import StoredPictures


def pictures_of(test: pytest.Item, terminal: TerminalUnderTest) -> StoredPictures:
    """The pictures that a test takes of a terminal."""
    from terminal_sim.script.file_names import file_name
    from terminal_sim.verbs.pictures import StoredPictures, pictures_folder

    options = chosen_options(test.config)
    return StoredPictures(
        pictures_folder(test.path, options.pictures, test.config.rootpath),
        lambda picture: file_name(*_names(test), picture, terminal.profile.id, terminal.locale),
        out=options.out,
        update=options.update_pictures,
        option=UPDATE_PICTURES,
    )


def keep_screens(test: pytest.Item, failure: BaseException) -> None:
    """Adds to a failed assertion or expectation where the picture of each terminal's screens is."""
    if not type(failure).__module__.startswith("terminal_sim.") and not isinstance(failure, AssertionError):
        return
    from terminal_sim.script.file_names import file_name
    from terminal_sim.verbs import ExpectationFailed, Tester
    from terminal_sim.verbs.pictures import kept_picture

    if not isinstance(failure, AssertionError | ExpectationFailed):
        return
    fixtures = getattr(test, "funcargs", {})
    for name, tester in fixtures.items():
        if isinstance(tester, Tester):
            file = chosen_options(test.config).out / f"{file_name(*_names(test), name, 'failure')}.png"
            failure.add_note(f"picture: {kept_picture(file, tester.terminal.picture().recorded().png)}")


def _names(test: pytest.Item) -> tuple[str, ...]:
    """The file of a test and the rest of its id: pytest keeps these apart from those of any other test."""
    return test.path.stem, test.nodeid.partition("::")[2]
