"""Whole pieces of work on the bench page: MOTO, void, an outage, the till, going back, and a script that is recorded and played back, by click, drag and keyboard."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.browser.page_kit import Scheme, click, dropped, jump, opened, sale, types, until
from tests.explore.planted import BUGS, planted
from tests.web.kit import served

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

(SLOW,) = (bug for bug in BUGS if bug.what == "a passcode may be typed for a minute")

LOOKS = [
    pytest.param("fr-CA", "dark", id="French, dark", marks=pytest.mark.soak),
    pytest.param("en-CA", "light", id="English, light", marks=pytest.mark.soak),
    pytest.param("fr-CA", "light", id="French, light", marks=pytest.mark.soak),
    pytest.param("en-CA", "dark", id="English, dark", marks=pytest.mark.soak),
]
ROWS = 100_000
SCROLLING = """async rows => {
  const { timeline, show, state } = await import("/page/state.js");
  const last = timeline.last, entries = [];
  for (let n = last + 1; n <= last + rows; n++)
    entries.push(n % 20 ? { n, cause: n - n % 20, t: n * 1000, wall: "", terminal: "V4000001", kind: "state", flow: "sale", source: "pin", dest: "reading" }
      : { n, cause: n, t: n * 1000, wall: "", terminal: "V4000001", kind: "act", line: `insert visa-credit` });
  timeline.add(entries);
  const box = document.querySelector("#rows");
  const frame = () => new Promise(requestAnimationFrame);
  show(); await frame(); await frame();
  const took = [];
  for (let step = 0; step < 240; step++) {
    const began = performance.now();
    box.scrollTop = (step * 7919 * 13) % (rows * 24 - 1000);
    box.dispatchEvent(new Event("scroll"));
    box.lastElementChild.getBoundingClientRect();
    took.push(performance.now() - began);
    await frame();
  }
  took.sort((a, b) => a - b);
  return { rows: timeline.rows.length, drawn: document.querySelectorAll("#rows .row").length, median: took[120], slow: took[228] };
}"""


@pytest.mark.parametrize(("locale", "scheme"), LOOKS)
def test_a_moto_payment_by_the_keyboard(locale: str, scheme: Scheme, browser: Browser) -> None:
    with served("v400m") as bench:
        page = opened(browser, bench, locale=locale, scheme=scheme)
        types(page, "8", "Enter", "0856", "Enter")
        until(page, "menu-special")
        click(page, "Moto payment")
        types(page, "1000", "Enter")
        until(page, "card-number")
        types(page, "4111111111111111", "Enter", "0330", "Enter", "737", "Enter")
        jump(page, "1s")
        until(page, "approved")
        page.context.close()


@pytest.mark.soak
def test_a_sale_is_voided_from_the_history(browser: Browser) -> None:
    with served("square-terminal") as bench:
        page = opened(browser, bench)
        sale(page, "square-terminal")
        page.get_by_role("button", name="Remove", exact=True).click()
        click(page, "Transactions")
        page.locator('#floor [data-id="txn-1"]').click()
        page.locator('#floor [data-id="void"]').click()
        jump(page, "1s")
        page.locator("#tab-journal").click()
        page.locator("#panel-left td", has_text="void").first.wait_for()
        page.context.close()


def test_the_till_asks_for_a_payment_and_a_carried_card_pays_it(browser: Browser) -> None:
    with served("v400m") as bench:
        page = opened(browser, bench)
        page.get_by_role("button", name="+ request").click()
        page.get_by_role("button", name="pos sale").click()
        until(page, "present-card")
        dropped(page, "visa-credit", "insert")
        page.locator(".card.in").wait_for()
        jump(page, "1s")
        until(page, "approved")
        page.locator("#tab-report").click()
        page.locator("#panel-left td", has_text="T-1").wait_for()
        page.context.close()


def test_the_rules_and_ways_of_the_host_are_changed_where_its_books_are_read(browser: Browser) -> None:
    with served("v400m") as bench:
        page = opened(browser, bench)
        page.locator("#tab-host").click()
        host = page.locator("#panel-left")
        host.get_by_role("button", name="+ answer").click()
        page.locator(".menu button", has_text="declined:51").first.click()
        host.locator(".chip.warn", has_text="declined:51").wait_for()
        host.get_by_role("button", name="adyen-amounts").click()
        host.locator("[aria-pressed=true]", has_text="adyen-amounts").wait_for()
        host.get_by_role("button", name="A fault on the way of V4000001").click()
        page.locator(".menu button", has_text="fault host-duplicate").click()
        host.locator(".chip.warn", has_text="host-duplicate").wait_for()
        bench.acts("press OK 1250 OK", "swipe visa-stripe", "wait 1s")
        host.locator("td.bad", has_text="51").wait_for()
        assert bench.get("/host")["rules"]["answers"] == []
        page.context.close()


@pytest.mark.soak
def test_what_was_done_by_hand_plays_back_green_and_a_changed_line_red(browser: Browser) -> None:
    with served("v400m") as bench:
        page = opened(browser, bench)
        sale(page, "v400m")
        page.locator("#play").click()
        page.locator(".played.passed").wait_for()
        page.get_by_role("button", name="Edit", exact=True).click()
        script = page.locator("#draft").input_value()
        page.locator("#draft").fill(script + "  pres OK\n")
        page.locator(".problems", has_text="did you mean 'press'").wait_for()
        page.locator("#draft").fill(script + '  expect screen "Declined" within 1s\n')
        page.locator("#play").click()
        page.locator(".played.failed", has_text="did not hold").wait_for()
        page.context.close()


@pytest.mark.soak
def test_what_is_expected_by_hand_is_a_line_of_the_script(browser: Browser) -> None:
    with served("v400m") as bench:
        page = opened(browser, bench)
        sale(page, "v400m")
        page.locator(".row.k-journal", has_text="COMPLETED").click(button="right")
        page.get_by_role("menuitem", name="expect journal sale state=COMPLETED").click()
        page.locator(".script li", has_text="expect journal sale state=COMPLETED").wait_for()
        page.keyboard.press("Control+k")
        page.locator("#palette").fill("paper out")
        page.keyboard.press("Enter")
        page.locator(".script li", has_text="paper out").wait_for()
        page.context.close()


def test_a_wrong_word_of_the_filter_is_underlined_and_mended_by_a_click(browser: Browser) -> None:
    with served("v400m") as bench:
        page = opened(browser, bench)
        click(page, "OK")
        page.locator("#filter").fill("kind:sreen")
        page.locator(".under u", has_text="sreen").wait_for()
        page.locator(".filter .chip.warn").click()
        page.wait_for_function("() => document.querySelector('#filter').value === 'kind:screen'")
        page.locator(".row.k-screen").first.wait_for()
        page.context.close()


@pytest.mark.soak
def test_twelve_pages_see_one_bench(browser: Browser) -> None:
    with served("v400m") as bench:
        pages: list[Page] = [opened(browser, bench) for _ in range(12)]
        click(pages[0], "OK")
        for page in pages:
            until(page, "amount")
            page.context.close()


@pytest.mark.soak
def test_a_hundred_thousand_rows_scroll_smoothly(browser: Browser) -> None:
    with served("v400m") as bench:
        page = opened(browser, bench)
        found = page.evaluate(SCROLLING, ROWS)
        assert found["rows"] >= ROWS
        assert found["drawn"] < 60
        assert found["median"] < 1000 / 60, found
        page.context.close()


def test_a_broken_rule_is_shown_with_the_line_from_which_on_nothing_saved_it(browser: Browser) -> None:
    with planted(SLOW), served("v400m") as bench:
        page = opened(browser, bench)
        bench.acts("press 8 OK", "wait 2min")
        page.locator("#tab-broken").click()
        page.get_by_role("button", name="Which rules are broken?").click()
        page.get_by_role("button", name="R-time-1").click()
        late = page.locator("#panel-left tr", has_text="from here on nothing saved it")
        late.wait_for()
        assert late.locator("td.bad").first.inner_text() == "20 / 20"
        assert page.locator("#panel-left table caption").inner_text().startswith("R-time-1: ")
        page.context.close()
