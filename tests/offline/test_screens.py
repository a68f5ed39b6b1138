"""The screens of each device in each outage, both languages, as they were looked at and found right.

`python -m tests.offline.test_screens` writes them again; look at what changed before it is kept.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from terminal_sim.bench import Bench
from terminal_sim.display.svg import screen_svg
from tests.offline.shop import DEVICES, TEXTS

GOLDEN = Path(__file__).with_name("golden")
CASES = [
    (device, outage, locale)
    for device in DEVICES
    for outage in ("network", "service")
    for locale in ("en-CA", "fr-CA")
]


def album(device: str, outage: str, locale: str) -> tuple[str, list[str]]:
    """What a whole payment in an outage shows on every display, as text and as drawings."""
    pages: list[str] = []
    drawings: list[str] = []
    with Bench(texts=TEXTS, trace=False) as bench:
        terminal = bench.add_terminal(device, options={"offline.allowed": True}, locale=locale)

        def look(what: str) -> None:
            for display in terminal.profile.displays:
                view = terminal.view(display)
                pages.append(f"{what}, {display}\n{view.text}\n")
                drawings.append(screen_svg(view, terminal.profile))

        look("before")
        getattr(terminal, outage)(False)
        look("the outage begins")
        for digit in "1250":
            terminal.press(digit)
        terminal.press("OK")
        terminal.tap("visa-credit")
        look("a contactless card is refused")
        terminal.insert("visa-credit-fr" if locale == "fr-CA" else "visa-credit")
        look("a chip is taken")
        terminal.remove_card()
        terminal.touch("transactions")
        look("transactions")
        terminal.touch("more")
        terminal.touch("sign-out")
        look("signing out")
        terminal.press("CANCEL")
        terminal.touch("home")
        terminal.touch("status")
        look("the status page")
        getattr(terminal, outage)(True)
        terminal.touch("home")
        look("the outage is over")
    return "\n".join(pages), drawings


def file_of(device: str, outage: str, locale: str) -> Path:
    return GOLDEN / f"{device}.{outage}.{locale}.txt"


@pytest.mark.parametrize(("device", "outage", "locale"), CASES)
def test_the_screens_of_an_outage_are_as_they_were(device: str, outage: str, locale: str) -> None:
    text, drawings = album(device, outage, locale)
    assert text == file_of(device, outage, locale).read_text(encoding="utf-8")
    assert all("SIMULATOR" in drawing for drawing in drawings)


@pytest.mark.parametrize(("device", "outage", "locale"), CASES)
def test_the_status_page_is_drawn_with_a_code_that_can_be_read(device: str, outage: str, locale: str) -> None:
    _, drawings = album(device, outage, locale)
    # A code of version 2 has 25 by 25 modules, about half of them dark; nothing else draws so many squares.
    assert max(drawing.count("z") for drawing in drawings) > 200


if __name__ == "__main__":
    GOLDEN.mkdir(exist_ok=True)
    for case in CASES:
        file_of(*case).write_text(album(*case)[0], encoding="utf-8")
