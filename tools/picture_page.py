"""Draws docs/page.png: the bench page behind a sale with a PIN, its GENERATE AC chosen in the timeline.

`python tools/picture_page.py` needs the extra `web`, playwright and Debian's chromium.
"""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
from io import BytesIO
from pathlib import Path
from tempfile import TemporaryDirectory

ROOT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(ROOT), str(ROOT / "drivers")]  # a clone draws itself, installed or not

from PIL import Image  # noqa: E402
from playwright.sync_api import Page, sync_playwright  # noqa: E402

from tests.browser.conftest import FLAGS  # noqa: E402
from tests.browser.page_kit import PATIENCE, click, jump, until  # noqa: E402

PICTURE = ROOT / "docs" / "page.png"
CARD, PIN = "visa-online-pin", "4321"  # as its file says


def main() -> int:
    with TemporaryDirectory(prefix="terminal-sim-") as place:
        environment = {
            **os.environ,
            "XDG_RUNTIME_DIR": place,
            "PYTHONPATH": f"{ROOT}{os.pathsep}{ROOT / 'drivers'}",
        }
        command = [sys.executable, "-m", "terminal_sim", "serve", "v400m", "square-terminal", "--json"]
        process = subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, text=True)
        assert process.stdout is not None
        try:
            link = json.loads(process.stdout.readline())["link"]
            with sync_playwright() as playwright:
                chromium = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=FLAGS)
                page = chromium.new_page(viewport={"width": 1440, "height": 900}, locale="en-CA")
                page.set_default_timeout(PATIENCE)
                page.goto(link)
                page.wait_for_selector("#floor svg")
                _pay(page)
                _store(page.screenshot())
                chromium.close()
        finally:
            process.send_signal(signal.SIGINT)
            process.wait(60)
            process.stdout.close()
    print(PICTURE)
    return 0


def _pay(page: Page) -> None:
    for key in ("OK", *"1250", "OK"):
        click(page, key)
    until(page, "present-card")
    page.get_by_role("button", name=f"Insert {CARD}", exact=True).click()
    until(page, "enter-pin")
    for key in (*PIN, "OK"):
        click(page, key)
    until(page, "processing")
    jump(page, "1s")
    until(page, "approved")
    page.wait_for_timeout(1_000)  # the timeline comes to its end
    page.locator("text=GENERATE AC ARQC").first.click()
    page.locator("text=GENERATE AC ARQC").nth(1).wait_for()  # among its causes in the details
    page.wait_for_timeout(1_000)  # the receipt slides out


def _store(shot: bytes) -> None:
    """256 colours are all that the page has but for the edges of its letters, and less than half the size."""
    Image.open(BytesIO(shot)).quantize(256).save(PICTURE, optimize=True)


if __name__ == "__main__":
    sys.exit(main())
