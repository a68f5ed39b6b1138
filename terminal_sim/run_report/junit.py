"""The results of a run as a JUnit XML file, as CI systems read it: one suite for each script, one case for each run of a scenario.

Steps stand in `system-out` after the notes, then the pictures as attachments. Times are seconds of the wall. A flaky scenario is a failure of the type `flaky`, since a reader that knows no such type would take it for held.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby
from xml.etree import ElementTree

from terminal_sim.run_report.steps import step_lines
from terminal_sim.script.options import Options
from terminal_sim.script.results import RunResult, ScenarioOutcome

_ELEMENTS = {
    ScenarioOutcome.UNMET: "failure",
    ScenarioOutcome.FLAKY: "failure",
    ScenarioOutcome.BROKEN: "error",
    ScenarioOutcome.SKIPPED: "skipped",
}
_NOT_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")  # XML 1.0, 2.2


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
    if said_out := [*result.notes, *step_lines(result), *_attachments(result)]:
        ElementTree.SubElement(case, "system-out").text = _text("\n".join(said_out))


def _attachments(result: RunResult) -> Iterator[str]:
    """Pictures and the kept run in the form of the Jenkins plugin for attachments, which GitLab and others read too."""
    files = [result.failed_screen, *result.pictures.values(), result.bundle]
    files += [
        file for one in result.differing for file in (one.expected, one.got, one.differs, one.side_by_side)
    ]
    for file in files:
        if file is not None:
            yield f"[[ATTACHMENT|{file.resolve()}]]"


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
