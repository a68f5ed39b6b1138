"""Draws docs/points-of-sale.png: a V400m and a Square Terminal served at once, the shopper on the bench page, and the vendors' libraries on the other side.

`python tools/picture_pos.py` needs what tools/others.sh installs, node, playwright and Debian's chromium.
"""

from __future__ import annotations

import html
import json
import os
import shutil
import signal
import subprocess
import sys
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(ROOT), str(ROOT / "drivers")]  # a clone draws itself, installed or not

from playwright.sync_api import Page, sync_playwright  # noqa: E402

from terminal_sim.bench.served_places import ServedTerminalApi  # noqa: E402
from terminal_sim.pos.adyen.wire.seal import SharedKey  # noqa: E402
from terminal_sim.secret import Secret  # noqa: E402
from tests.browser.conftest import FLAGS  # noqa: E402
from tests.interop.adyen import Library, PointOfSale  # noqa: E402
from tests.interop.square_sellers import python_seller, told  # noqa: E402

PICTURE = ROOT / "docs" / "points-of-sale.png"
PATIENCE = 60_000  # ms
WIDTH, HEIGHT = 1440, 900
_FRAME = """<body style="margin:0;background:#1d2127;font:13px/1.45 'DejaVu Sans Mono',monospace;color:#dfe5ec">
<img src="{page}" style="display:block;width:{width}px">
<div style="display:flex;gap:1px;width:{width}px">{panes}</div></body>"""
_PANE = '<div style="flex:1;min-width:0;padding:10px 16px"><b style="color:#8fc7ff">{title}</b><pre style="margin:6px 0 0;font:inherit;white-space:pre-wrap">{text}</pre></div>'


def main() -> int:
    with TemporaryDirectory(prefix="terminal-sim-") as place:
        folder = Path(place)
        environment = {
            **os.environ,
            "XDG_RUNTIME_DIR": place,
            "PYTHONPATH": f"{ROOT}{os.pathsep}{ROOT / 'drivers'}",
        }
        ports = ("--pos", "adyen:0", "--pos", "square:0", "--state", str(folder / "shop"))
        command = [
            sys.executable,
            "-m",
            "terminal_sim",
            "serve",
            "v400m",
            "square-terminal",
            "--json",
            *ports,
        ]
        process = subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, text=True)
        assert process.stdout is not None
        try:
            _draw(json.loads(process.stdout.readline()), folder)
        finally:
            process.send_signal(signal.SIGINT)
            process.wait(60)
            process.stdout.close()
    print(PICTURE)
    return 0


def _draw(served: dict[str, Any], folder: Path) -> None:
    adyen, square = served["pos"]
    key = SharedKey(
        adyen["key"], adyen["version"], Secret(Path(adyen["passphrase"]).read_text("ascii").strip())
    )
    api = ServedTerminalApi(
        terminal=adyen["terminal"],
        poiid=adyen["poiid"],
        url=adyen["url"],
        key=key,
        key_file=Path(adyen["passphrase"]),
        ca_file=Path(adyen["ca"]),
    )
    library = Library()
    seller = python_seller(square["square"], Path(square["token"]).read_text("ascii").strip())
    try:
        with sync_playwright() as playwright:
            chromium = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=FLAGS)
            page = chromium.new_page(viewport={"width": WIDTH, "height": HEIGHT}, locale="en-CA")
            page.set_default_timeout(PATIENCE)
            page.goto(served["link"])
            page.wait_for_selector("#floor svg")
            till = PointOfSale(library, api)
            paying = till.pay(24.5, "T-17")
            (device,) = square["devices"].values()
            checkout = {
                "amount_money": {"amount": 1350, "currency": "CAD"},
                "device_options": {"device_id": device},
                "reference_id": "T-18",
            }
            call = "terminal.checkouts.create"
            made = told(
                seller.ask(
                    {"call": call, "arguments": {"idempotency_key": "k1", "checkout": checkout}}
                ).result(60)
            )["checkout"]
            _until(page, "present-card")
            page.get_by_role("button", name="Insert visa-credit", exact=True).click()
            answer = paying.result(60)["response"]["SaleToPOIResponse"]["PaymentResponse"]
            _until(page, "approved")
            page.locator("#together").click()
            found = told(
                seller.ask(
                    {"call": "terminal.checkouts.get", "arguments": {"checkout_id": made["id"]}}
                ).result(60)
            )["checkout"]
            page.wait_for_timeout(1_000)  # the devices slide into their places
            bench = folder / "bench.png"
            page.screenshot(path=bench)
            panes = "".join(
                _PANE.format(title=title, text=html.escape(text))
                for title, text in (
                    ("Node  @adyen/api-library  terminalLocalAPI.request(payment, key)", _adyen_told(answer)),
                    ("Python  squareup  client.terminal.checkouts.create(...)", _square_told(found)),
                )
            )
            frame = folder / "frame.html"
            frame.write_text(_FRAME.format(page=bench.name, width=WIDTH, panes=panes), "utf-8")
            page.goto(frame.as_uri())
            page.screenshot(path=PICTURE, full_page=True)
            chromium.close()
    finally:
        library.close()
        seller.close()


def _adyen_told(answer: Any) -> str:
    card = answer["PaymentResult"]["PaymentInstrumentData"]["CardData"]
    return json.dumps(
        {
            "Result": answer["Response"]["Result"],
            "TransactionID": answer["SaleData"]["SaleTransactionID"]["TransactionID"],
            "AmountsResp": answer["PaymentResult"]["AmountsResp"],
            "PaymentBrand": card["PaymentBrand"],
            "EntryMode": card["EntryMode"],
        },
        indent=1,
    )


def _square_told(checkout: Any) -> str:
    return json.dumps(
        {
            name: checkout[name]
            for name in ("id", "status", "reference_id", "amount_money", "deadline_duration")
        },
        indent=1,
    )


def _until(page: Page, screen: str) -> None:
    page.wait_for_function(
        "id => document.querySelector('#stage .caption code')?.textContent === id", arg=screen
    )


if __name__ == "__main__":
    sys.exit(main())
