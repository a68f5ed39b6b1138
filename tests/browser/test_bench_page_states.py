"""The bench page in each of its states, in both languages and schemes and at three widths: axe finds nothing in any of them."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import pytest

from tests.browser.page_kit import Scheme, opened
from tests.web.kit import Client, served

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

pytestmark = pytest.mark.soak
TABS = ("states", "journal", "report", "host", "broken", "compare", "details")


@pytest.fixture(scope="module")
def paid() -> Any:
    """A bench with two terminals, one of which has an approved payment."""
    with served("v400m", "square-terminal") as bench:
        bench.acts("press OK 1250 OK", "insert visa-credit", 'expect screen "Approved"')
        yield bench


@pytest.fixture(scope="module")
def violations() -> Callable[[Page], list[str]]:
    axe = pytest.importorskip(
        "axe_playwright_python.sync_playwright", reason="axe-playwright-python is not installed"
    )

    def found(page: Page) -> list[str]:
        return [violation["id"] for violation in axe.Axe().run(page).response["violations"]]

    return found


def opens_the_menu(page: Page) -> None:
    page.locator("#share").click()
    page.locator(".menu").wait_for()


def opens_the_palette(page: Page) -> None:
    page.keyboard.press("Control+k")
    page.locator("#palette").wait_for()


def opens_help(page: Page) -> None:
    page.locator("#help").click()
    page.locator(".help").wait_for()


def stands_together(page: Page) -> None:
    page.locator("#together").click()
    page.locator(".together svg").first.wait_for()


def looks_back(page: Page) -> None:
    page.locator("#rows").focus()
    page.keyboard.press("<")
    page.locator(".stage .past").wait_for()


def mistypes_a_filter(page: Page) -> None:
    page.locator("#filter").fill("kind:apud")
    page.locator(".filter .chip.warn").wait_for()


@pytest.mark.parametrize(
    "goes",
    [opens_the_menu, opens_the_palette, opens_help, stands_together, looks_back, mistypes_a_filter],
)
@pytest.mark.parametrize(("locale", "scheme"), [("en-CA", "light"), ("fr-CA", "dark")])
@pytest.mark.parametrize("width", [1440, 1024])
def test_axe_finds_nothing_in_a_state(
    goes: Callable[[Page], None],
    locale: str,
    scheme: Scheme,
    width: int,
    paid: Client,
    violations: Any,
    browser: Browser,
) -> None:
    page = opened(browser, paid, locale=locale, scheme=scheme, width=width)
    goes(page)
    assert violations(page) == []
    page.context.close()


@pytest.mark.parametrize(("locale", "scheme"), [("en-CA", "dark"), ("fr-CA", "light")])
def test_axe_finds_nothing_on_a_tab_of_the_dock(
    locale: str, scheme: Scheme, paid: Client, violations: Any, browser: Browser
) -> None:
    page = opened(browser, paid, locale=locale, scheme=scheme)
    page.locator("#filter").fill("kind:apdu GENERATE")
    page.locator(".row.k-apdu").first.click()
    for tab in TABS:
        page.locator(f"#tab-{tab}").click()
        assert violations(page) == [], tab
    page.context.close()


@pytest.mark.parametrize("pane", range(4))
def test_axe_finds_nothing_on_a_phone(pane: int, paid: Client, violations: Any, browser: Browser) -> None:
    page = opened(browser, paid, width=390)
    page.locator(".tabs button").nth(pane).click()
    assert violations(page) == []
    page.context.close()
