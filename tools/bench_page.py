"""The bench page in a real browser: how soon a person can press a key."""

from __future__ import annotations

import shutil
from statistics import median

from bench_rig import Figure
from bench_web import served_bench

AIM = 1.0  # s


def page(quick: bool) -> list[Figure]:
    chromium = shutil.which("chromium")
    try:
        from playwright.sync_api import sync_playwright
    except ImportError:
        chromium = None
    if chromium is None:
        return [
            Figure("bench page to interactive", "not measured: playwright or chromium is missing", "", True)
        ]
    took = []
    with served_bench(1) as bench, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox", "--disable-gpu"])
        for _ in range(3 if quick else 7):
            opened = browser.new_page()
            opened.goto(bench.link)
            opened.wait_for_function("() => performance.getEntriesByName('interactive').length")
            took.append(
                opened.evaluate("() => performance.getEntriesByName('interactive')[0].startTime") / 1000
            )
            opened.close()
        browser.close()
    best = median(took)
    return [
        Figure(
            "bench page to interactive",
            f"{best:.2f} s",
            f"< {AIM:.0f} s",
            best < AIM,
            ("from the link to the first key that counts",),
        )
    ]
