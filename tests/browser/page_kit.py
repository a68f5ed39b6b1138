"""The bench page in a real browser, and the hands of a person on it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from tests.web.kit import Client

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

Scheme = Literal["light", "dark"]
PATIENCE = 120_000  # ms
_complaints: list[str] = []


def opened(
    browser: Browser, bench: Client, *, locale: str = "en-CA", scheme: Scheme = "light", width: int = 1440
) -> Page:
    """The page of the bench, which may ask nobody else for anything and report no error: the end of the test looks for both."""
    context = browser.new_context(
        locale=locale, color_scheme=scheme, viewport={"width": width, "height": 900}
    )
    page = context.new_page()
    page.set_default_timeout(PATIENCE)
    page.on("request", lambda request: asked(request.url, bench))
    page.on("pageerror", lambda error: complain(f"the page breaks: {error.message}"))
    page.goto(bench.address.link)
    page.wait_for_selector("#floor svg")
    return page


def complaints() -> list[str]:
    """What pages have asked of others, and their errors, since it was asked last; a listener may not raise, which ends Playwright."""
    said = _complaints.copy()
    _complaints.clear()
    return said


def complain(what: str) -> None:
    """Keeps what is wrong with a page for the end of the test."""
    _complaints.append(what)


def asked(url: str, bench: Client) -> None:
    """Complains where the page asks anybody but its bench and itself."""
    if not url.startswith((bench.address.url, f"ws://{bench.address.host}", "blob:", "data:")):
        complain(f"the page asks {url}")


def until(page: Page, screen: str) -> None:
    """Waits until the chosen terminal shows this screen."""
    page.wait_for_function(
        "id => document.querySelector('#stage .caption code')?.textContent === id", arg=screen
    )


def recorded(bench: Client, profile: str) -> str:
    text = bench.get(f"/terminals/{profile}-1/recording")
    assert isinstance(text, bytes)
    return text.decode()


def click(page: Page, name: str) -> None:
    page.locator("#floor").get_by_role("button", name=name, exact=True).first.click()


def jump(page: Page, time: str) -> None:
    """Lets so much time pass, as the menu of the clock has it."""
    page.locator("#jump").click()
    page.locator(".menu button", has_text=f"+{time[:-1]} {time[-1]}").click()


def sale(page: Page, profile: str) -> None:
    """A sale of $12.50 by the mouse alone."""
    if profile == "s1f2":
        click(page, "Payment")
    elif profile == "v400m":
        click(page, "OK")
    for digit in "1250":
        click(page, digit)
    click(page, "OK" if profile == "v400m" else "Confirm" if profile == "s1f2" else "Charge $12.50")
    until(page, "present-card")
    page.get_by_role("button", name="Insert visa-credit", exact=True).click()
    jump(page, "1s")
    until(page, "approved")


def dropped(page: Page, card: str, way: str) -> None:
    """Carries a card from the tray to the part of the device for this way in."""
    row = page.locator(f".card[aria-label={card}]")
    row.scroll_into_view_if_needed()
    box = row.bounding_box()
    assert box
    page.mouse.move(box["x"] + 20, box["y"] + 10)
    page.mouse.down()
    page.mouse.move(box["x"] - 40, box["y"] + 10, steps=4)
    zone = page.locator(f'#floor [data-way="{way}"]').bounding_box()
    assert zone
    page.mouse.move(zone["x"] + zone["width"] / 2, zone["y"] + min(20, zone["height"] / 2), steps=8)
    page.locator(".caption .verb", has_text=f"{way} {card}").wait_for()
    page.mouse.up()


def types(page: Page, *keys: str) -> None:
    """The keys of the terminal by the keyboard: a name of a key of the keyboard, or digits."""
    page.locator("#floor").focus()
    for key in keys:
        if key.isdigit():
            page.keyboard.type(key)
        else:
            page.keyboard.press(key)
