"""The bytes of trace entries, decoded."""

from __future__ import annotations

from terminal_sim.bench import Bench, Trace, TraceEntry
from terminal_sim.bench.decoded import decoded


class Kept:
    """Keeps every entry, with its bytes."""

    wants_frames, wants_bytes = False, True

    def __init__(self) -> None:
        self.entries: list[TraceEntry] = []

    def take(self, entry: TraceEntry) -> None:
        self.entries.append(entry)


def test_the_bytes_of_a_sale_are_named_by_card_and_acquirer() -> None:
    kept = Kept()
    with Bench(trace=Trace(kept)) as bench:
        terminal = bench.add_terminal("v400m")
        for key in ("OK", "1", "2", "5", "0", "OK"):
            terminal.press(key)
        terminal.insert("visa-credit")
        bench.advance(1_000_000)
    apdus = [decoded(entry) for entry in kept.entries if entry.kind == "apdu"]
    messages = [decoded(entry) for entry in kept.entries if entry.kind == "host"]
    assert {tuple(each.name for each in apdu) for apdu in apdus} == {("command", "response")}
    assert apdus[0][0].parts[0].name == "SELECT"
    amounts = {part.value for (message,) in messages for part in message.parts if part.tag == "DE 4"}
    assert amounts == {"000000001250"}
    assert all(
        part.end <= len(each.bytes.data)
        for found in (*apdus, *messages)
        for each in found
        for part in each.parts
    )


def test_what_has_no_bytes_has_nothing_to_decode() -> None:
    kept = Kept()
    with Bench(trace=Trace(kept)) as bench:
        bench.add_terminal("v400m").press("OK")
    assert [decoded(entry) for entry in kept.entries if decoded(entry)] == []
