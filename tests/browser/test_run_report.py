"""The page of `run --report` in a real browser: it opens from the disk, asks nobody for anything, and can be read and used by everybody."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Literal

import pytest

from terminal_sim.cli.main import main
from terminal_sim.script.exit_code import ExitCode
from tests.run_report.pack import build

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

Scheme = Literal["light", "dark"]
Opens = Callable[..., "Page"]

axe = pytest.importorskip(
    "axe_playwright_python.sync_playwright", reason="axe-playwright-python is not installed"
)


@pytest.fixture(scope="module")
def report(tmp_path_factory: pytest.TempPathFactory) -> str:
    """The address of a report of the pack, the second one into its folder."""
    pack = build(tmp_path_factory.mktemp("browser"))
    given = ["--report", str(pack.parent / "report"), "--out", str(pack.parent / "out"), "-q"]
    assert main(["run", str(pack), *given, "-k", "@cancel"]) == ExitCode.HELD
    assert main(["run", str(pack), *given, "--retry", "1"]) == ExitCode.UNMET
    return (pack.parent / "report" / "index.html").as_uri()


@pytest.fixture
def opens(browser: Browser, report: str) -> Iterator[Opens]:
    """Opens the page at a place of its own; a request to anywhere else, and any error, fails the test."""
    pages: list[Page] = []
    wrong: list[str] = []

    def open_(place: str = "", *, width: int = 1440, scheme: Scheme = "light", locale: str = "en-CA") -> Page:
        context = browser.new_context(
            locale=locale, color_scheme=scheme, viewport={"width": width, "height": 900}
        )
        page = context.new_page()
        page.on("request", lambda r: wrong.append(r.url) if not r.url.startswith((report, "data:")) else None)
        page.on("pageerror", lambda error: wrong.append(str(error)))
        page.on("console", lambda said: wrong.append(said.text) if said.type == "error" else None)
        page.goto(report + place)
        pages.append(page)
        return page

    yield open_
    for page in pages:
        page.context.close()
    assert wrong == []


def chosen(page: Page, title: str) -> str:
    """The place of the scenario of this title."""
    return page.locator(".list a", has_text=title).first.get_attribute("href") or ""


def check_by_axe(opens: Opens, width: int, scheme: Scheme, titles: tuple[str, ...]) -> None:
    """Every place of the page, with what can be opened there open, fits the width and keeps the rules of axe."""
    page = opens(width=width, scheme=scheme)
    for place in [*(chosen(page, title) for title in titles), "#/coverage", "#/runs"]:
        page.evaluate("place => { location.hash = place; }", place)
        page.evaluate(
            "for (const one of [...document.querySelectorAll('details')].slice(0, 3)) one.open = true"
        )
        violations = axe.Axe().run(page).response["violations"]
        assert [(one["id"], one["nodes"][0]["html"]) for one in violations] == [], place
        assert page.evaluate("document.documentElement.scrollWidth") <= width, place


@pytest.mark.parametrize(("width", "scheme"), [(1440, "light"), (390, "dark")])
def test_axe_finds_nothing_and_nothing_is_wider_than_the_page(
    opens: Opens, width: int, scheme: Scheme
) -> None:
    check_by_axe(opens, width, scheme, ("otherwise now",))


@pytest.mark.soak
@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [1440, 800, 390])
def test_axe_finds_nothing_at_any_kind_of_scenario(opens: Opens, width: int, scheme: Scheme) -> None:
    check_by_axe(
        opens,
        width,
        scheme,
        ("never shows", "second try", "A sale is approved [amount=1250]", "The idle screen"),
    )


def test_a_changed_screen_stands_as_expected_got_and_difference_side_by_side(opens: Opens) -> None:
    page = opens()
    page.get_by_role("button", name="Changed pictures").click()
    page.locator(".list a").click()
    captions = page.locator(".differing-picture figcaption").all_inner_texts()
    assert captions == ["Expected", "Got", "Difference"]
    tops = page.locator(".differing-picture img").evaluate_all(
        "all => all.map(i => [i.getBoundingClientRect().top, i.naturalWidth > 0])"
    )
    assert len({top for top, _ in tops}) == 1
    assert all(drawn for _, drawn in tops)


def test_the_first_thing_shown_is_a_failure_at_its_failed_step(opens: Opens) -> None:
    page = opens()
    assert page.locator(".list h2").first.inner_text().startswith("Failed")
    assert page.locator(".film [aria-current]").get_attribute("class") == "failed-step"
    assert page.locator(".card.bad pre").inner_text().startswith("/")


def test_a_scenario_is_found_walked_through_and_read_by_the_keyboard_alone(opens: Opens) -> None:
    page = opens()
    page.get_by_role("searchbox").focus()
    page.keyboard.type("amount=1250 v400m")
    assert page.locator(".list a").count() == 1
    while page.evaluate("document.activeElement.closest('.list a') === null"):
        page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    page.wait_for_selector("h2:has-text('amount=1250')")
    while page.evaluate("document.activeElement.closest('.film') === null"):
        page.keyboard.press("Tab")
    page.keyboard.press("Home")
    assert page.locator(".now .line").inner_text() == "tap /Start|Payment/"
    page.keyboard.press("ArrowRight")
    page.keyboard.press("ArrowRight")
    assert page.locator(".now .line").inner_text().startswith("insert")
    while page.evaluate("document.activeElement.className !== 'open'"):
        page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.getAttribute('aria-expanded')") == "true"


def test_a_step_leads_to_its_events_and_an_event_back_to_its_step(opens: Opens) -> None:
    page = opens()
    page.evaluate("place => { location.hash = place; }", chosen(page, "A sale is approved [amount=1250]"))
    page.locator(".film button", has_text="insert").click()
    page.locator(".now a", has_text="events").click()
    lit = page.locator(".time tbody.lit")
    assert lit.locator("[data-kind=apdu]").count() > 5
    lit.get_by_role("button", name="SELECT").first.click()
    assert "6F" in lit.locator(".hex").last.inner_text().replace(" ", "")
    page.locator(".time .of-step button", has_text="Approved").click()
    assert "Approved" in page.locator(".now .line").inner_text()


def test_a_browser_in_french_reads_french_and_may_switch(opens: Opens) -> None:
    page = opens(locale="fr-CA")
    assert page.locator("h1").inner_text() == "terminal-sim: Rapport d'essais"
    page.get_by_role("button", name="EN", exact=True).click()
    assert page.locator("h1").inner_text() == "terminal-sim: Test report"
    assert page.evaluate("document.documentElement.lang") == "en"


def test_coverage_shows_the_chart_of_a_flow(opens: Opens) -> None:
    page = opens("#/coverage")
    page.locator("summary", has_text="State chart of sale").click()
    drawn = page.locator(".chart img").evaluate(
        "async image => { await image.decode(); return image.naturalWidth; }"
    )
    assert drawn > 500


def test_paper_has_every_scenario_and_what_failed(opens: Opens, tmp_path: Path) -> None:
    page = opens()
    page.pdf(path=tmp_path / "report.pdf")
    assert (tmp_path / "report.pdf").stat().st_size > 20_000
    page.evaluate("window.dispatchEvent(new Event('beforeprint'))")
    assert page.locator("#print tr").count() == 40
    assert page.locator("#print article").count() == 8
