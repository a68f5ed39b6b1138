"""What led to the screen as it is now: the chain from what a person did last, out of the entries of the trace, in plain words.

1. The chain begins with the last thing that a person did before the screen came, and ends with what came after the screen.
2. Commands to a card are told together, but for one that the card refuses.
3. A change of state is told with what makes it: the trigger of the flow's table, and the guard that held, where the table leaves one move only.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence

from terminal_sim.bench import AnyFlow, Bench, Duration, TerminalUnderTest, TraceEntry, contents
from terminal_sim.bench.words import told
from terminal_sim.cli.shell.deadlines import due
from terminal_sim.datafiles.printable import printable

_BY_HAND = (contents.Act, contents.KeyPress, contents.Touch)
_SUCCESS = "9000 success"
_ABSENT = "6A83"  # record not found: the end of a list, and no refusal
_HIDDEN_KEY = "DIGIT"
_OF_A_ROW = ("reference", "entry", "response_code", "reason", "cvm")
_EVENTS = {
    "CardInserted": "the card is in the slot",
    "CardSwiped": "a stripe was read",
    "CardTapped": "a card is in the field",
    "CardRemoved": "the card is out of the slot",
    "PoweredOn": "the terminal was switched on",
    "PowerOffPressed": "the terminal was switched off",
}
_VERDICTS = {"insert": "to insert the card", "swipe": "to swipe the card"}
"""How a verdict is told, where its word in the trace is what a person shall do."""
_TRIGGERS = {
    "CardInserted": ("card_inserted",),
    "CardTapped": ("card_tapped",),
    "CardSwiped": ("card_swiped",),
    "CardRemoved": ("card_removed",),
    "KernelEnded": ("kernel_outcome",),
    "KernelAsked": ("kernel_prompt",),
    "NetworkChanged": ("network_lost", "network_restored"),
    "ServiceChanged": ("service_lost", "service_restored"),
    "PaperChanged": ("out_of_paper", "paper_loaded"),
    "ReaderChanged": ("reader_lost", "reader_found"),
}
"""The triggers of the events that the trace names."""
_CAMEL = re.compile(r"(?<!^)(?=[A-Z])")


def why(bench: Bench, terminal: TerminalUnderTest, entries: Sequence[TraceEntry]) -> list[str]:
    """The chain, a line each, each with the number of its event."""
    mine = [entry for entry in entries if entry.terminal == terminal.name]
    screen = next((one for one in reversed(mine) if isinstance(one.content, contents.ScreenShown)), None)
    if screen is None:
        return ["nothing was shown yet"]
    began = next(
        (one for one in reversed(mine) if one.number <= screen.number and isinstance(one.content, _BY_HAND)),
        mine[0],
    )
    chain = mine[mine.index(began) :]
    lines = [f"the screen is {terminal.view().screen.id}, because:"]
    lines += [printable(f"{number:6}  {text}") for number, text in _told(chain, bench.flows)]
    if left := terminal.conditions():
        lines.append(f"        around the terminal: {', '.join(left)}")
    return lines


def _told(chain: Sequence[TraceEntry], flows: Mapping[str, AnyFlow]) -> Iterator[tuple[int, str]]:
    commands: list[TraceEntry] = []
    triggers: tuple[str, ...] = ()
    last = chain[0].at.mono
    screen = ""
    for entry in chain:
        content = entry.content
        triggers = _triggers(content) or triggers
        if isinstance(content, contents.ApduExchange) and _is_quiet(content):
            commands.append(entry)
            continue
        if commands:
            yield commands[-1].number, _commands(commands)
            commands = []
        text = _sentence(content, screen, flows, triggers)
        if isinstance(content, contents.ScreenShown):
            screen = content.screen
        if text:
            later = entry.at.mono - last
            last = entry.at.mono
            yield entry.number, f"{Duration(later)} later {text}" if later else text
        if isinstance(content, contents.EventTaken):
            yield from ((entry.number, f"because {sentence}") for sentence in told(content.why))
    if commands:
        yield commands[-1].number, _commands(commands)


def _sentence(content: object, screen: str, flows: Mapping[str, AnyFlow], triggers: tuple[str, ...]) -> str:
    match content:
        case contents.Act(line=line):
            return f"you said: {line}"
        case contents.KeyPress(key=key):
            return "you pressed a digit, which is hidden" if key == _HIDDEN_KEY else f"you pressed {key}"
        case contents.Touch(target=target):
            return f"you touched {target}"
        case contents.TimePassed(due=name):
            return f"came {due(name, screen)}"
        case contents.ActRefused(why=reason):
            return f"that was refused: {reason}"
        case contents.EventTaken(verdict=verdict, reason=reason) if verdict:
            meant = _VERDICTS.get(verdict, verdict)
            return f"the kernel's verdict is {meant}{f': {reason}' if reason else ''}"
        case contents.EventTaken(event="KernelShows", name=message):
            return f"the kernel shows {message}"
        case contents.EventTaken(event=event):
            return _EVENTS.get(
                event, "" if event in ("Alarm", "KernelAsked") else _CAMEL.sub(" ", event).lower()
            )
        case contents.StateChanged(flow=flow, source=source, dest=dest):
            return _move(flows[flow], source, dest, triggers)
        case contents.ScreenShown(screen=shown):
            return f"it shows {shown}"
        case contents.ApduExchange(command=command, response=response):
            return f"the card refused {command}: {response}"
        case contents.MessageSent(out=kind, mti=mti, stan=stan, amount=amount):
            return f"it sent a {kind} to the acquirer ({mti}, amount {amount}, trace number {stan})"
        case contents.MessageReceived(into=mti, code=code):
            return f"the acquirer answered {code} ({mti})"
        case contents.MessageFailed(problem=problem):
            return f"the acquirer's answer: {problem}"
        case contents.RowStored(row=row, values=values):
            said = [f"{name} {values[name]}" for name in _OF_A_ROW if values.get(name) not in (None, "")]
            state = f" {values['state']}" if values.get("state") else ""
            about = f" ({', '.join(said)})" if said else ""
            return f"the journal has {row}{state}{about}"
        case contents.ReceiptPrinted(copy=copy):
            return f"it printed the {copy} copy"
        case contents.ReceiptStopped(stopped=copy):
            return f"the {copy} copy stopped for want of paper"
        case contents.Beeped(tone=tone):
            return f"it beeped: {tone}"
        case contents.InputIgnored(what=what):
            return f"the screen does not take {what}"
        case contents.NotAwaited(what=what):
            return f"nothing waits for {what}: it changed nothing"
        case contents.Note(text=text):
            return text
        case _:
            return ""


def _move(flow: AnyFlow, source: str, dest: str, triggers: tuple[str, ...]) -> str:
    """The change of state, and what made it."""
    if not source:
        return f"{flow.name} began in {dest}"
    there = [move for move in flow.moves if source in move.sources and move.dest == dest]
    fitting = [move for move in there if move.trigger.value in triggers] or there
    because = ""
    if len({move.trigger for move in fitting}) == 1:
        guards = {move.guard.__name__.replace("_", " ") for move in fitting if move.guard is not None}
        because = f" on {fitting[0].trigger.value.replace('_', ' ')}"
        if len(fitting) == 1 and guards:
            because += f", since {guards.pop().strip()}"
    return f"{flow.name} went from {source} to {dest}{because}"


def _triggers(content: object) -> tuple[str, ...]:
    """The triggers that what happened may be for a flow; none where it is none itself."""
    match content:
        case contents.TimePassed(due="state"):
            return ("timeout",)
        case contents.TimePassed(due="host") | contents.MessageReceived():
            return ("host_reply", "resolved")
        case contents.MessageFailed():
            return ("host_unreachable", "unresolved")
        case contents.ReceiptStopped():
            return ("out_of_paper",)
        case contents.Touch():
            return ("select", "confirm", "cancel", "clear")
        case contents.EventTaken(event=event):
            return _TRIGGERS.get(event, ())
        case contents.KeyPress(key=key):
            return (_KEYS.get(key, "digit" if key == _HIDDEN_KEY or key.isdigit() else "function"),)
        case _:
            return ()


_KEYS = {"OK": "confirm", "CANCEL": "cancel", "CLEAR": "clear", "UP": "up", "DOWN": "down", "MENU": "menu"}


def _is_quiet(exchange: contents.ApduExchange) -> bool:
    return exchange.response.endswith((_SUCCESS, "9000")) or exchange.response.startswith(_ABSENT)


def _commands(entries: Sequence[TraceEntry]) -> str:
    """Commands to a card that it carried out, as one sentence."""
    named = [one.content.command for one in entries if isinstance(one.content, contents.ApduExchange)]
    count = f"{len(named)} commands" if len(named) > 1 else "1 command"
    return f"the card carried out {count}, the last one {named[-1]}"
