"""Everything that a bench writes or shows, as text, for whoever looks for what must not be in it."""

from __future__ import annotations

import json
from collections.abc import Iterator

from tests.contracts.drive import Drive


def artefacts(drive: Drive) -> Iterator[str]:
    """Trace lines and their JSON, journal rows, receipts as text and SVG, messages, report, repr of the firmware's books."""
    for entry in drive.bench.trace.entries:
        yield entry.line()
        yield entry.json()
    for stored in drive.terminal.journal():
        yield f"{stored.kind} {json.dumps(dict(stored.fields))}"
        yield repr(stored)
    for printed in drive.terminal.receipts:
        yield printed.text
        yield repr(printed)
    for message in drive.bench.host_messages():
        yield repr(message)
    for line in drive.terminal.report():
        yield repr(line)
    yield repr(drive.bench.acquirer.entries())
    yield repr(drive.durable)
    if drive.on:
        yield repr(drive.terminal.firmware.screen())
