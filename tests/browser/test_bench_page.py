"""The bench page in a real browser: what a person does there, by mouse, by keyboard and by dragging, and what the page writes down of it."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from terminal_sim.cli.main import main
from tests.browser.page_kit import Scheme, click, complaints, dropped, jump, opened, recorded, sale, until
from tests.web.kit import served

if TYPE_CHECKING:
    from playwright.sync_api import Browser

OTHER_DEVICES = ("square-reader", "s1f2", "square-terminal", "square-register", "square-stand")
WIDTHS = (1440, 1024, 390)


@pytest.mark.parametrize(
    "profile", ["v400m", *(pytest.param(name, marks=pytest.mark.soak) for name in OTHER_DEVICES)]
)
def test_a_sale_by_clicking_becomes_a_script_that_holds(
    profile: str, browser: Browser, tmp_path: Path
) -> None:
    with served(profile) as bench:
        page = opened(browser, bench)
        sale(page, profile)
        script = tmp_path / "recorded.keys"
        script.write_text(recorded(bench, profile), "utf-8")
        assert "insert visa-credit" in script.read_text("utf-8")
        assert main(["run", "-q", str(script)]) == 0
        page.context.close()


@pytest.mark.soak
@pytest.mark.parametrize("profile", ["v400m", *OTHER_DEVICES])
def test_the_same_script_as_a_python_test_is_green(profile: str, browser: Browser, tmp_path: Path) -> None:
    with served(profile) as bench:
        page = opened(browser, bench)
        sale(page, profile)
        found = bench.get(f"/terminals/{profile}-1/recording?as=pytest")
        (tmp_path / "test_recorded.py").write_bytes(found)
        page.context.close()
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "test_recorded.py"]  # fmt: skip
    ran = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert ran.returncode == 0, ran.stdout[-2000:] + ran.stderr[-1000:]


def test_a_sale_by_the_keyboard_alone(browser: Browser) -> None:
    with served("v400m") as bench:
        page = opened(browser, bench)
        page.keyboard.press("Tab")
        page.keyboard.press("Enter")  # the link that skips to the terminal
        page.keyboard.press("Enter")
        page.keyboard.type("1250")
        page.keyboard.press("Enter")
        until(page, "present-card")
        page.get_by_role("button", name="Insert mastercard-pin").focus()
        page.keyboard.press("Enter")
        page.get_by_role("button", name="Remove").wait_for()
        page.locator("#floor").focus()
        page.keyboard.type("1234")
        page.keyboard.press("Enter")
        page.locator("#jump").focus()
        page.keyboard.press("Enter")
        page.get_by_role("button", name="Jump 1s").focus()
        page.keyboard.press("Enter")
        until(page, "approved")
        assert re.search(r"\b1234\b", page.content()) is None
        page.context.close()


@pytest.mark.soak
def test_a_card_is_dragged_to_the_slot(browser: Browser) -> None:
    with served("v400m") as bench:
        page = opened(browser, bench)
        bench.acts("press OK 1250 OK")
        until(page, "present-card")
        dropped(page, "visa-declined", "insert")
        page.get_by_role("button", name="Remove").wait_for()
        jump(page, "1s")
        until(page, "declined")
        page.context.close()


@pytest.mark.parametrize(
    "bursts", [pytest.param(4, id="a few"), pytest.param(200, id="many", marks=pytest.mark.soak)]
)
def test_no_digit_is_lost_or_swapped_however_fast_it_is_typed(bursts: int, browser: Browser) -> None:
    with served("v400m") as bench:
        page = opened(browser, bench)
        page.locator("#floor").focus()
        page.keyboard.press("Enter")
        until(page, "amount")
        for burst in range(bursts):
            digits = str(1234567 + burst * 1111)
            page.keyboard.type(digits)
            page.wait_for_function(
                "sum => document.querySelector('#floor').textContent.includes(sum)",
                arg=f"{int(digits) / 100:,.2f}",
            )
            for _ in digits:
                page.keyboard.press("Backspace")
            page.wait_for_function("() => document.querySelector('#floor').textContent.includes('$0.00')")
        page.context.close()


def test_a_page_that_loses_its_connection_comes_back_and_misses_nothing(browser: Browser) -> None:
    with served("v400m") as bench:
        page = opened(browser, bench)
        page.context.set_offline(True)
        bench.acts("press OK 1250 OK")
        page.context.set_offline(False)
        until(page, "present-card")
        assert page.locator("#event").inner_text() == str(bench.get("/bench")["event"])
        page.context.close()


def test_a_page_whose_questions_the_network_loses_asks_them_again(browser: Browser) -> None:
    with served("v400m") as bench:
        page = opened(browser, bench)
        lost = iter(range(6))
        page.context.route(
            "**/api/v1/**", lambda route: route.abort() if next(lost, None) is not None else route.continue_()
        )
        page.reload()
        page.wait_for_selector(".card[aria-label=visa-credit]")
        assert next(lost, None) is None


def test_what_acts_is_not_asked_again_and_the_page_says_so(browser: Browser) -> None:
    with served("v400m") as bench:
        page = opened(browser, bench)
        page.context.route("**/api/v1/terminals", lambda route: route.abort())
        asked: list[str] = []
        page.on("request", lambda request: asked.extend([request.method] * (request.method == "POST")))
        page.get_by_role("button", name="Add a terminal").click()
        page.get_by_role("menuitem", name="s1f2").click()
        page.wait_for_function("() => document.querySelector('.refused').textContent")
        assert asked == ["POST"]


def test_a_page_that_breaks_fails_its_test(browser: Browser) -> None:
    with served("v400m") as bench:
        page = opened(browser, bench)
        with page.expect_event("pageerror"):
            page.evaluate("() => { setTimeout(() => { throw new Error('of itself') }, 0) }")
        assert complaints() == ["the page breaks: of itself"]


def test_a_key_that_is_drawn_anew_under_the_finger_is_pressed(browser: Browser) -> None:
    with served("square-stand") as bench:
        page = opened(browser, bench)
        click(page, "1")
        page.get_by_role("button", name="Charge $0.01", exact=True).wait_for()
        page.locator("#floor").get_by_role("button", name="2", exact=True).hover()
        page.mouse.down()
        bench.acts('tap "5"', terminal="square-stand-1")
        page.get_by_role("button", name="Charge $0.15", exact=True).wait_for()
        page.mouse.up()
        page.get_by_role("button", name="Charge $1.52", exact=True).wait_for()


def test_a_finger_that_leaves_a_key_presses_none(browser: Browser) -> None:
    with served("square-stand") as bench:
        page = opened(browser, bench)
        floor = page.locator("#floor")
        floor.get_by_role("button", name="2", exact=True).hover()
        page.mouse.down()
        floor.get_by_role("button", name="3", exact=True).hover()
        page.mouse.up()
        click(page, "4")
        page.get_by_role("button", name="Charge $0.04", exact=True).wait_for()


@pytest.mark.soak
def test_several_pages_see_one_bench(browser: Browser) -> None:
    with served("v400m") as bench:
        pages = [opened(browser, bench) for _ in range(3)]
        click(pages[0], "OK")
        for page in pages:
            until(page, "amount")
        click(pages[1], "5")
        for page in pages:
            page.wait_for_function("() => document.querySelector('#floor').textContent.includes('$0.05')")
            page.context.close()


def test_an_event_shows_its_bytes_and_a_part_lights_them(browser: Browser) -> None:
    with served("v400m") as bench:
        page = opened(browser, bench)
        bench.acts("press OK 1250 OK", "insert visa-credit", 'expect screen "Approved"')
        until(page, "approved")
        page.locator("#filter").fill("kind:apdu GENERATE")
        page.locator(".row.k-apdu", has_text="GENERATE").first.click()
        page.locator("button.f").filter(has=page.get_by_text("data", exact=True)).first.click()
        page.wait_for_function("() => document.querySelectorAll('.hex .on').length > 20")
        page.context.close()


@pytest.mark.soak
def test_an_outage_is_two_clicks_and_a_day_is_one(browser: Browser) -> None:
    with served("square-terminal") as bench:
        page = opened(browser, bench)
        page.get_by_role("group", name="Network").get_by_role("button", name="down").click()
        page.locator(".seg .off", has_text="down").wait_for()
        jump(page, "24h")
        page.wait_for_function("() => document.querySelector('time').dateTime.startsWith('2026-01-16')")
        page.context.close()


@pytest.mark.soak
def test_a_link_without_its_token_says_how_to_get_one(browser: Browser) -> None:
    with served("v400m") as bench:
        page = browser.new_page(locale="fr-CA")
        page.goto(bench.address.url)
        page.get_by_text("terminal-sim serve").first.wait_for()
        page.close()


LOOKS = [
    pytest.param("en-CA", "light", 1440, id="English, light, 1440"),
    *(
        pytest.param(locale, scheme, width, id=f"{locale}, {scheme}, {width}", marks=pytest.mark.soak)
        for locale in ("en-CA", "fr-CA")
        for scheme in ("light", "dark")
        for width in WIDTHS
    ),
]


@pytest.mark.parametrize(("locale", "scheme", "width"), LOOKS)
def test_axe_finds_nothing(locale: str, scheme: Scheme, width: int, browser: Browser) -> None:
    axe = pytest.importorskip(
        "axe_playwright_python.sync_playwright", reason="axe-playwright-python is not installed"
    )
    with served("v400m", "square-register") as bench:
        bench.acts("press OK 1250 OK", "insert visa-credit", 'expect screen "Approved"')
        page = opened(browser, bench, locale=locale, scheme=scheme, width=width)
        found = axe.Axe().run(page)
        assert [violation["id"] for violation in found.response["violations"]] == [], found.generate_report()
        page.context.close()


def test_a_key_pressed_in_the_past_begins_a_branch_and_loses_nothing(browser: Browser) -> None:
    with served("v400m") as bench:
        page = opened(browser, bench)
        for name in ("OK", "7"):
            click(page, name)
        page.wait_for_function("() => document.querySelector('#floor').textContent.includes('$0.07')")
        page.wait_for_function("() => document.querySelectorAll('.cell').length >= 3")
        page.locator(".cell").nth(1).click()
        page.locator(".stage .past", has_text="event").wait_for()
        page.wait_for_function("() => document.querySelector('#floor').textContent.includes('$0.00')")
        page.locator("#floor [data-key='5']").last.click()
        page.wait_for_function("() => document.querySelector('#floor').textContent.includes('$0.05')")
        page.get_by_role("button", name="Compare", exact=True).click()
        page.locator(".cmp.differs", has_text="press 7").wait_for()
        page.get_by_role("button", name="Close", exact=True).click()
        page.get_by_role("button", name="Undo", exact=True).click()
        page.wait_for_function("() => document.querySelector('#floor').textContent.includes('$0.07')")
        assert [each["live"] for each in bench.get("/branches")] == [True, False]
        page.context.close()


@pytest.mark.soak
def test_looking_back_shows_the_device_as_it_was_and_live_as_it_is(browser: Browser) -> None:
    with served("v400m") as bench:
        bench.acts("press OK 1250 OK", "insert visa-credit", 'expect screen "Approved"')
        page = opened(browser, bench)
        until(page, "approved")
        page.locator("#rows").focus()
        page.keyboard.press("<")
        page.locator(".stage .past").wait_for()
        until(page, "processing")
        page.keyboard.press("End")
        until(page, "approved")
        page.context.close()
