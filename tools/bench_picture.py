"""How long a picture takes: a screen alone, the device around it, one that was drawn before, and the comparison with a stored one."""

from __future__ import annotations

from bench_rig import Figure, contest

from terminal_sim.bench import Bench, Selector, View
from terminal_sim.display.comparison import difference
from terminal_sim.display.markup import document
from terminal_sim.display.png import with_fonts_kept, with_fonts_read_anew
from terminal_sim.display.svg import glass, screen_svg

_AIMS = {
    "screen, 320 x 480": 12.0,
    "device, 358 x 857": 20.0,
    "drawn before": 1.0,
    "as stored": 5.0,
}


def pictures(quick: bool) -> list[Figure]:
    """CPU time: a picture waits for nothing."""
    with Bench() as bench:
        terminal = bench.add_terminal("v400m")
        terminal.press("OK")
        before = terminal.picture().png
        terminal.press("5")
        view, after = terminal.view(), terminal.picture().png
        hidden = terminal.picture(Selector.parse("id:status-bar")).hidden
        display = terminal.profile.displays["main"]
        kept, anew = with_fonts_kept(), with_fonts_read_anew()

        def screen(shown: View = view) -> str:
            wide, deep = display.width, display.height
            return document(wide, deep, "SIMULATOR", glass(shown, wide, deep))

        terminal.press("6")
        alone, typed = kept(screen()), kept(screen(terminal.view()))
        terminal.press("CLEAR")

        found = contest(
            {
                "screen, 320 x 480": lambda: kept(screen()),
                "device, 358 x 857": lambda: kept(screen_svg(view, terminal.profile)),
                "fonts read anew": lambda: anew(screen_svg(view, terminal.profile)),
                "drawn before": lambda: terminal.picture().png,
                "as stored": lambda: difference(after, terminal.picture().png),
                "another": lambda: difference(before, after),
                "screen that differs": lambda: difference(alone, typed, hidden),
            },
            rounds=5 if quick else 25,
            calls=2,
        )
    slower = found.ratio("fonts read anew", "device, 358 x 857")
    notes = {
        "device, 358 x 857": (f"with resvg_py, which reads the fonts anew: {slower:.1f} times that",),
        "as stored": (
            f"one that differs, read and compared by pixels: {found.micros('another') / 1e3:.1f} ms",
            f"its screen alone, 320 x 480, with a part hidden: {found.micros('screen that differs') / 1e3:.1f} ms",
        ),
    }
    return [
        Figure(
            f"picture: {name}",
            f"{found.micros(name) / 1e3:.1f} ms",
            f"<= {aim:.0f} ms",
            found.micros(name) / 1e3 <= aim,
            notes.get(name, ()),
        )
        for name, aim in _AIMS.items()
    ]
