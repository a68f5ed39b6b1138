"""What a test leaves in Robot Framework's log: the screen as a drawing, pictures that differ, and the last lines of the trace."""

from __future__ import annotations

import re
from base64 import b64encode
from collections.abc import Iterator, Sequence
from html import escape
from pathlib import Path

from terminal_sim.adapters.robot.session import RobotSession
from terminal_sim.display.picture import Picture
from terminal_sim.display.timeline import clock
from terminal_sim.verbs import ExpectationFailed
from terminal_sim.verbs.mask import Mask
from terminal_sim.verbs.pictures import DifferingPicture

TRACE_LINES = 20
_SIZE = re.compile(r'(<svg [^>]*?)width="[\d.]+" height="[\d.]+"')
_TALLEST = 480


def drawing(picture: Picture) -> str:
    """The picture as HTML, not taller than a log can show at once."""
    wide, deep = picture.size
    scale = min(1.0, _TALLEST / deep)
    sized = rf'\1width="{round(wide * scale)}" height="{round(deep * scale)}"'
    return f"<div>{_SIZE.sub(sized, picture.svg, count=1)}</div>"


def of_failure(session: RobotSession, differing: Sequence[DifferingPicture]) -> Iterator[str]:
    """Messages in HTML: the screen now, each picture that differs, the last of the trace."""
    yield f"the screen now:{drawing(session.terminal.picture().recorded())}"
    for one in differing:
        shown = one.side_by_side or one.got
        yield f"{escape(session.mask(one.why))}<br>{_image(shown, one.name)}"
    lines = "\n".join(session.bench.trace.tail(TRACE_LINES))
    yield f"last of the trace:<pre>{escape(session.mask(lines))}</pre>"


def screens(failed: ExpectationFailed, mask: Mask) -> str:
    """What the device showed when the keyword began and at its end, as HTML that keeps the shape of the screens."""
    shown = {f"when it began, {clock(failed.before.mono)}": failed.before.text}
    shown[f"at its end, {clock(failed.now.mono)}"] = failed.now.text
    return "".join(f"{when}:<pre>{escape(mask(text))}</pre>" for when, text in shown.items())


def _image(file: Path, name: str) -> str:
    data = b64encode(file.read_bytes()).decode()
    return f'<img alt="{escape(name)}" style="max-width:100%" src="data:image/png;base64,{data}">'
