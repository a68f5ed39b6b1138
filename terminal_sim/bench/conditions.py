"""What is not as it should be around a terminal at a moment, in the words of the script that made it so.

A failure says it, since a condition that was forgotten explains many of them.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from terminal_sim.bench.journal import ComingFailure
from terminal_sim.core.environment import Environment
from terminal_sim.core.events import Paper
from terminal_sim.core.moment import Duration
from terminal_sim.host.answers import ScriptedAnswer
from terminal_sim.host.scripts import IssuerScript
from terminal_sim.readers.card_fault import ComingFault
from terminal_sim.readers.tearing import CardTear
from terminal_sim.runtime.board import Board


def conditions(
    board: Board,
    around: Environment,
    tear: CardTear | None,
    card_fault: ComingFault | None,
    wire: str,
    commit_failure: ComingFailure | None,
    answers: Iterable[ScriptedAnswer],
    scripts: Iterable[IssuerScript],
) -> Iterator[str]:
    """The conditions of one terminal, and the `answers` and issuer `scripts` that nobody has fetched from the acquirer yet."""
    if board.power.out_of_service:
        yield f"out of service: {board.power.out_of_service}"
    if not around.network_up:
        yield "network down"
    if board.link.slow:
        yield f"network slow {Duration(board.link.slow)}"
    if not around.service_up:
        yield "service down"
    if around.paper is not Paper.IN:
        yield f"paper {around.paper.value}"
    if around.battery != Environment().battery:
        yield f"battery {around.battery}%"
    if not board.readers.linked:
        yield "fault reader-link down"
    if board.firmware is not None and not board.firmware.environment.app_open:
        yield "fault app closed"
    if board.power.fuse:
        yield f"fault power-cut-after {board.power.fuse}"
    if board.printer.jammed:
        yield "fault printer-jam"
    if commit_failure is not None:
        yield f"fault {commit_failure}"
    if tear is not None:
        yield f"tear card after {tear}"
    if card_fault is not None:
        yield f"fault {card_fault}"
    if wire:
        yield f"fault wire {wire}"
    if board.answer_fault is not None:
        yield f"fault {board.answer_fault}"
    if left := " ".join(map(str, answers)):
        yield f"host answers {left}"
    yield from (f"host sends {script}" for script in scripts)
