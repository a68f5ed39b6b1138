"""What a terminal tells people, held against its journal: "approved" only with the row that says so, "declined" only without one.

Reliability rules U1, U2 and U4: what a person is told, on a screen or on paper, is what was done.
"""

from __future__ import annotations

from collections.abc import Iterator

from terminal_sim.bench import TerminalUnderTest

_TAKEN = ("COMPLETED", "PENDING", "FORWARD_SENT")
_SAYS_TAKEN = {"approved": ("COMPLETED",), "accepted-offline": ("PENDING", "FORWARD_SENT", "COMPLETED")}
_KINDS = ("sale", "moto", "void", "refund")


class PromiseWatch:
    """Watches the screens of one terminal after each act."""

    def __init__(self, terminal: TerminalUnderTest) -> None:
        self._terminal = terminal
        self._read = self._printed = 0
        self._states: dict[str, str] = {}
        self._newest = ""
        self._told = ("", "")

    def broken(self) -> Iterator[str]:
        """What the screen says, and the journal does not."""
        self._take_rows()
        yield from self._printed_early()
        if not self._terminal.is_on:
            return
        screen = self._terminal.view().screen.id
        if screen == "home":
            self._newest = ""  # what the next screens say is about the next payment
        told, before = (screen, self._newest), self._told
        self._told = told
        if told == before:
            return  # a payment that was accepted offline may be declined while the screen still stands
        state = self._states.get(self._newest, "")
        if screen in _SAYS_TAKEN and state not in _SAYS_TAKEN[screen]:
            yield f"U2 a person was told {screen}: terminal={self._terminal.name} txn={self._newest} state={state}"
        elif screen == "declined" and state in _TAKEN:
            yield f"U1 a person was told {screen}: terminal={self._terminal.name} txn={self._newest} state={state}"

    def _printed_early(self) -> Iterator[str]:
        """Receipts that came out while their payment had no final row."""
        printed = self._terminal.receipts
        for paper in printed[self._printed :]:
            reference = paper.receipt.reference
            if self._states.get(reference) in ("", "AUTH_SENT"):
                yield f"U4 a receipt came before the final row: terminal={self._terminal.name} txn={reference}"
        self._printed = len(printed)

    def _take_rows(self) -> None:
        for row in self._terminal.journal(self._read):
            self._read = row.number
            if row.kind in _KINDS:
                reference = str(row.fields["reference"])
                self._newest = self._newest if reference in self._states else reference
                self._states[reference] = str(row.fields["state"])
