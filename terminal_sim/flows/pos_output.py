"""What a point of sale has a terminal show, and what it has it print: a document of its own, or a copy of a payment's receipt."""

from __future__ import annotations

from terminal_sim.core import effects as fx
from terminal_sim.core.device_request import DisplayRequest, PrintedDocument, PrintRequest, ReceiptCopy
from terminal_sim.core.events import Event, Printed, Trigger
from terminal_sim.core.flow import DONE, Firmware, Flow, Move, State
from terminal_sim.core.receipt import Copy, Receipt, reprinted
from terminal_sim.core.screen import Element, QrCode, Screen, TextLine, Title, Tone
from terminal_sim.core.text import say
from terminal_sim.flows import fields
from terminal_sim.flows.device_request import DeviceRequestFlow, given_up
from terminal_sim.flows.receipts import receipt_for, reprint_of


class PosDisplayFlow(DeviceRequestFlow):
    """Shows `request` until its time is over or a key takes it away."""

    __slots__ = ("request",)

    def __init__(self, terminal: Firmware) -> None:
        super().__init__(terminal)
        self.request = DisplayRequest(id="")

    def deadline(self, timeout: str) -> int:
        shown_for = self.request.shown_for
        return self.terminal.now.mono + shown_for if shown_for else super().deadline(timeout)

    def seen(self, _: Event) -> None:
        self.end("pos-shown")

    def screen(self) -> Screen:
        request = self.request
        elements: list[Element] = []
        if request.title:
            elements.append(Title("pos-title", request.title))
        elements += [TextLine(line, tone=Tone.BIG) for line in request.lines]
        if request.code:
            elements.append(QrCode("pos-code", request.code))
        return Screen("pos-display", (*elements, fields.CONFIRM, fields.CANCEL))


class PosPrintFlow(DeviceRequestFlow):
    """Prints the paper of `request`."""

    __slots__ = ("request",)
    faces_customer = False

    def __init__(self, terminal: Firmware) -> None:
        super().__init__(terminal)
        self.request = PrintRequest(id="", paper=PrintedDocument(()))

    def print(self, _: Event) -> None:
        terminal, paper = self.terminal, self.request.paper
        if isinstance(paper, ReceiptCopy):
            payment = terminal.durable.payments[paper.reference]
            terminal.order(fx.Print(reprinted(receipt_for(terminal, payment, paper.copy))))
        else:
            terminal.order(fx.Print(Receipt(Copy.DOCUMENT, terminal.locale, self.request.id, paper.lines)))

    def printed(self, event: Event) -> None:
        if isinstance(event, Printed) and isinstance(self.request.paper, ReceiptCopy):
            self.terminal.record(reprint_of(event.receipt))
        self.end("copy-printed")

    def paper_gone(self, _: Event) -> None:
        self.end("out-of-paper")

    def screen(self) -> Screen:
        return Screen("pos-print", (TextLine(say("processing"), "processing", Tone.BIG), fields.CANCEL))


POS_DISPLAY = Flow(
    "pos-display",
    PosDisplayFlow,
    "shown",
    (State("shown", PosDisplayFlow.screen, timeout="result"),),
    (
        Move(Trigger.CONFIRM, "shown", DONE, action=PosDisplayFlow.seen),
        Move(Trigger.TIMEOUT, "shown", DONE, action=PosDisplayFlow.seen),
        Move(Trigger.CANCEL, "shown", DONE, action=PosDisplayFlow.cancelled),
        *given_up("shown"),
    ),
)
POS_PRINT = Flow(
    "pos-print",
    PosPrintFlow,
    "printing",
    (State("printing", PosPrintFlow.screen, timeout="menu", enter=PosPrintFlow.print),),
    (
        Move(Trigger.PRINTED, "printing", DONE, action=PosPrintFlow.printed),
        Move(Trigger.OUT_OF_PAPER, "printing", DONE, action=PosPrintFlow.paper_gone),
        Move(Trigger.CANCEL, "printing", DONE, action=PosPrintFlow.cancelled),
        Move(Trigger.TIMEOUT, "printing", DONE, action=PosPrintFlow.run_out_of_time),
    ),
)
