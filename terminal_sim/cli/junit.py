"""The results of a run as a JUnit XML file, as CI systems read it: one suite for each script, one case for each run of a scenario.

Times are seconds of the wall. A flaky scenario is a failure of the type `flaky`, since a reader that knows no such type would take it for held.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from itertools import groupby
from pathlib import Path
from types import TracebackType
from xml.etree import ElementTree

from terminal_sim.cli import UserError
from terminal_sim.cli.console import naming
from terminal_sim.script.options import Options
from terminal_sim.script.results import RunResult, ScenarioOutcome

_ELEMENTS = {
    ScenarioOutcome.UNMET: "failure",
    ScenarioOutcome.FLAKY: "failure",
    ScenarioOutcome.BROKEN: "error",
    ScenarioOutcome.SKIPPED: "skipped",
}
_NOT_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")  # XML 1.0, 2.2


class JunitFile:
    """The file, which is opened before anything runs. Raises `UserError` where it holds something else, or cannot be written."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._is_new = not path.exists()
        if path.is_file() and path.stat().st_size:
            with path.open("rb") as there:
                if not there.read(100).lstrip().startswith((b"<?xml", b"<testsuite")):
                    raise UserError(f"{path}: this is no XML file, and is not written over: name another")
        self._sink = path.open("a", encoding="utf-8")

    def __enter__(self) -> JunitFile:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        with suppress(OSError):  # what could not be written was said when it was
            self._sink.close()
        if self._is_new:  # nothing was written, and an empty file is no XML
            self._path.unlink()

    def write(self, results: Sequence[RunResult], options: Options) -> None:
        """Replace what the file held."""
        self._is_new = False
        with naming(self._path):
            if self._path.is_file():
                self._sink.truncate(0)
            self._sink.write(document(results, options))
            self._sink.flush()


def document(results: Sequence[RunResult], options: Options) -> str:
    """The XML text."""
    top = ElementTree.Element("testsuites", {"name": "terminal-sim", **_counted(results)})
    for script, group in groupby(results, key=lambda result: result.case.program.script.path):
        of_script = list(group)
        suite = ElementTree.SubElement(
            top, "testsuite", {"name": _text(script), "file": _text(script), **_counted(of_script)}
        )
        for result in of_script:
            _case(suite, result, options)
    ElementTree.indent(top)
    return f'<?xml version="1.0" encoding="utf-8"?>\n{ElementTree.tostring(top, encoding="unicode")}\n'


def _case(suite: ElementTree.Element, result: RunResult, options: Options) -> None:
    place = result.case.play.scenario.place
    case = ElementTree.SubElement(
        suite,
        "testcase",
        {
            "name": _text(f"{result.case.title} [{result.case.profile}]"),
            "classname": _text(place.path.stem),
            "file": _text(place.path),
            "line": str(place.line),
            "time": f"{result.seconds:.3f}",
        },
    )
    properties = ElementTree.SubElement(case, "properties")
    for name, value in _properties(result, options):
        ElementTree.SubElement(properties, "property", {"name": name, "value": _text(value)})
    if result.outcome in _ELEMENTS:
        said = {"message": _text(result.text.partition("\n")[0])}
        if result.outcome is not ScenarioOutcome.SKIPPED:
            said["type"] = result.outcome.value
        ElementTree.SubElement(case, _ELEMENTS[result.outcome], said).text = _text(result.text)
    if result.notes:
        ElementTree.SubElement(case, "system-out").text = _text("\n".join(result.notes))


def _properties(result: RunResult, options: Options) -> Iterator[tuple[str, str]]:
    for tag in result.case.play.scenario.tags:
        yield "tag", tag.removeprefix("@")
    yield "profile", result.case.profile
    yield "locale", result.case.program.settings.locale
    yield "seed", str(options.seed)
    yield "reader", " and ".join(options.addresses)
    yield "virtual-time", str(result.took)
    if result.tries > 1:
        yield "tries", str(result.tries)


def _counted(results: Iterable[RunResult]) -> dict[str, str]:
    all_of_them = list(results)
    elements = [_ELEMENTS.get(result.outcome) for result in all_of_them]
    return {
        "tests": str(len(elements)),
        "failures": str(elements.count("failure")),
        "errors": str(elements.count("error")),
        "skipped": str(elements.count("skipped")),
        "time": f"{sum(result.seconds for result in all_of_them):.3f}",
    }


def _text(value: object) -> str:
    """What XML has no character for is a replacement character."""
    return _NOT_XML.sub("\ufffd", str(value))
