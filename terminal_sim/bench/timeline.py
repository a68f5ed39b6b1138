"""The marks of a timeline, from the entries of a trace."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from terminal_sim.display.timeline import Lane, TimelineMark
from terminal_sim.runtime import contents
from terminal_sim.runtime.contents import Content
from terminal_sim.runtime.trace import TraceEntry

# The first fields of a journal row that say what became of it.
_OF_A_ROW = ("state", "amount", "response_code", "reason")
_APPROVED = ("00", "10")  # ISO 8583, DE 39: approved, and approved in part


def marks_of(entries: Iterable[TraceEntry], terminal: str = "") -> Iterator[TimelineMark]:
    """A mark for each entry that has a lane, of one terminal or of all. Frames and what only passes time have none."""
    for entry in entries:
        if terminal and entry.terminal != terminal:
            continue
        found = _placed(entry.content)
        if found is not None:
            lane, label, detail, is_wrong = found
            yield TimelineMark(
                at=entry.at.mono,
                lane=lane,
                label=label,
                detail=detail,
                number=entry.number,
                is_wrong=is_wrong,
            )


_Placed = tuple[Lane, str, str, bool]


def _placed(content: Content) -> _Placed | None:
    """Lane, label, detail, and whether it went wrong."""
    match content:
        case contents.KeyPress(key=key):
            return Lane.KEYS, key, "", False
        case contents.Touch(target=target):
            return Lane.KEYS, f"tap {target}", "", False
        case contents.Act(line=line):
            return Lane.KEYS, line, "", False
        case contents.ActRefused(why=why):
            return Lane.KEYS, f"refused: {why}", "", True
        case contents.InputIgnored(what=what):
            return Lane.KEYS, f"{what} ignored", "", True
        case contents.StateChanged(flow=flow, dest=dest):
            return Lane.STATE, f"{flow} {dest}", "", False
        case contents.ScreenShown(screen=screen, text=drawn):
            return Lane.SCREEN, screen, drawn.text, False
        case contents.ApduExchange(step=step, command=command, response=response):
            return Lane.READER, command, f"{step}: {response}", False
        case contents.MessageSent(out=kind, mti=mti, stan=stan, amount=amount):
            return Lane.HOST, f"→ {mti} {kind}", f"stan {stan}, amount {amount}", False
        case contents.MessageReceived(into=mti, stan=stan, amount=amount, code=code):
            return Lane.HOST, f"← {mti} {code}", f"stan {stan}, amount {amount}", code not in _APPROVED
        case contents.MessageFailed(problem=problem, stan=stan):
            return Lane.HOST, f"× {problem}", f"stan {stan}", True
        case contents.RowStored(row=row, values=values):
            said = " ".join(str(values[name]) for name in _OF_A_ROW if values.get(name) not in (None, ""))
            detail = "\n".join(f"{name} {value}" for name, value in values.items())
            return Lane.JOURNAL, f"{row} {said}".rstrip(), detail, False
        case contents.ReceiptPrinted(copy=copy, reference=reference):
            return Lane.DEVICE, f"{copy} receipt", reference, False
        case contents.ReceiptStopped(stopped=copy, reference=reference):
            return Lane.DEVICE, f"{copy} receipt stopped", reference, True
        case contents.Beeped(tone=tone):
            return Lane.DEVICE, f"beep {tone}", "", False
        case contents.NotAwaited(what=what):
            return Lane.DEVICE, f"unexpected {what}", "", True
        case contents.Note(text=text):
            return Lane.DEVICE, text, "", False
        case _:
            return None
