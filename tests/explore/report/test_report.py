"""The page of an exploration has everything in itself, and each finding as a film strip with the line framed at which the rule broke."""

from __future__ import annotations

import re
from html.parser import HTMLParser
from pathlib import Path

from terminal_sim.cli.main import main
from terminal_sim.explore.report.archive_tree import ArchiveBranch, archive_tree
from terminal_sim.explore.report.film import film_of
from terminal_sim.explore.report.page import exploration_page
from terminal_sim.explore.report.progress import ExplorationProgress
from terminal_sim.explore.search.act import Act
from terminal_sim.explore.search.exploration import exploration, shrunk
from terminal_sim.explore.search.finding import ExplorerFinding
from terminal_sim.oracles.catalogue import ORACLES
from tests.explore.planted import BUGS, planted

(SLOW,) = (bug for bug in BUGS if bug.what == "a passcode may be typed for a minute")
ACTS: list[Act] = [("network", "down"), ("press", "8", "OK"), ("wait", "2min"), ("network", "up")]


class Page(HTMLParser):
    """What a page names and links to. Every element that is opened is closed."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.ids: list[str] = []
        self.links: list[str] = []
        self.sources: list[str] = []
        self.failing = 0
        self._open: list[str] = []
        self.feed(text)
        assert self._open == []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        named = {name: value or "" for name, value in attrs}
        self.ids += [named["id"]] if "id" in named else []
        self.links += [named["href"]] if tag == "a" else []
        self.sources += [named["src"]] if "src" in named else []
        self.failing += tag == "figure" and named.get("class") == "failing"
        assert "style" not in named, "the content security policy takes no style of an element"
        if tag not in ("meta", "link", "img"):
            self._open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self._open.pop() == tag

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """An element of a drawing without anything in it."""


def test_a_page_shows_each_finding_and_asks_nobody_for_anything() -> None:
    with planted(SLOW):
        explored = exploration(SLOW.profile, SLOW.options, ORACLES, 1)
        progress = ExplorationProgress(explored.coverage)
        explored.followers.append(progress)
        list(explored.run(lambda one: one.acts < 100))
        ground = explored.explorers[0].ground
        finding = shrunk(ground, ACTS, "R-time-1", ground, 7)
        assert finding is not None
        if finding.name not in progress.found:
            explored.known.findings.append(finding)
            progress.came(finding)
        text = exploration_page(explored, progress, {})
    page = Page(text)
    assert {link.removeprefix("#") for link in page.links} <= set(page.ids)
    assert finding.name in page.ids
    assert all(source.startswith("data:image/svg+xml;base64,") for source in page.sources)
    assert not re.search(r"(?:src|href)=\"?https?:", text)
    assert page.failing == len(explored.findings)
    assert len(page.ids) == len(set(page.ids))


def test_the_frame_is_that_of_the_line_at_which_the_rule_broke() -> None:
    with planted(SLOW):
        ground = exploration(SLOW.profile, {}, ORACLES, 1).explorers[0].ground
        done, alarms = ground.alarms(ACTS)
        (alarm,) = alarms
        film = film_of(
            ExplorerFinding(alarm=alarm, ground=ground, acts=tuple(done), session=1, length=4, runs=0)
        )
    assert alarm.code == "R-time-1"
    assert [(frame.line, frame.failing) for frame in film.frames] == [
        ("network down", False),
        ("press 8 OK", False),
        ("wait 2min", True),
        ("network up", False),
    ]
    assert all("<svg" in frame.picture for frame in film.frames)
    assert film.faults == ("fault network-down home idle", "fault network-up home idle")


def test_the_tree_has_each_place_below_the_one_that_its_acts_go_on_from() -> None:
    ways: dict[tuple[str, str], tuple[Act, ...]] = {
        ("sale", "amount"): (("press", "OK"),),
        ("sale", "present"): (("press", "OK"), ("press", "1", "OK")),
        ("menu", "open"): (("press", "9"),),
        ("sale", "failed"): (("press", "OK"), ("press", "1", "OK"), ("press", "CANCEL")),
    }
    failed = ArchiveBranch(("sale", "failed"), ways["sale", "failed"])
    present = ArchiveBranch(("sale", "present"), ways["sale", "present"], [failed])
    assert archive_tree(ways) == [
        ArchiveBranch(("menu", "open"), ways["menu", "open"]),
        ArchiveBranch(("sale", "amount"), ways["sale", "amount"], [present]),
    ]


def test_explore_writes_the_page(tmp_path: Path) -> None:
    file = tmp_path / "page.html"
    main(["explore", "s1f2", "--acts", "60", "--out", str(tmp_path / "findings"), "--html", str(file)])
    assert Page(file.read_text(encoding="utf-8")).sources
