"""What the acquirer decides on each request: what its ledger books, and what the reply says.

First a scripted answer decides, then the issuer. Neither overrules the ledger: a void of a payment that is not there stays declined.
"""

from __future__ import annotations

from collections import deque

from terminal_sim.core.booking import Booking
from terminal_sim.core.message import HostReply, HostRequest
from terminal_sim.core.money import Money
from terminal_sim.host.answers import APPROVED, PARTIAL, ScriptedAnswer
from terminal_sim.host.config import AcquirerConfig
from terminal_sim.host.issuer import Issuer
from terminal_sim.host.ledger import NO_ACTION_TAKEN, Ledger
from terminal_sim.host.scripts import LONGEST_ICC_DATA, IssuerScript, fitting
from terminal_sim.host.settlement import settle

CONFLICTING_DUPLICATE = "94"
INVALID_AMOUNT = "13"


class Decisions:
    """See the module. `numbered` counts the replies; `sending` has the issuer scripts that wait for an answer to a chip card."""

    def __init__(self, config: AcquirerConfig) -> None:
        self.ledger = Ledger()
        self.issuer = Issuer(config, self.ledger.spent)
        self.numbered = 0
        self.sending: deque[IssuerScript] = deque()

    def configure(self, config: AcquirerConfig) -> None:
        """Decide by the issuer of `config` from now on, which knows no account yet."""
        self.issuer = Issuer(config, self.ledger.spent)

    def decide(self, request: HostRequest, scripted: ScriptedAnswer) -> tuple[HostReply, str]:
        """The reply to a request that is no repeat, booked where it is approved, and what the issuer found wrong with its chip, for the log."""
        self.issuer.hear(request)
        if request.kind.facts.booking is Booking.NOTHING:
            return self.answer(request, APPROVED), ""
        if request.kind.settles:
            scripted_code = "" if scripted.code in (APPROVED, PARTIAL) else scripted.code
            code, note = (scripted_code, "") if scripted_code else settle(self.ledger, request)
            return self.answer(request, code), note
        if request.amount.minor == 0:
            return self.answer(request, INVALID_AMOUNT), ""
        if request.kind.charges:
            return self._authorise(request, scripted)
        if scripted.code not in ("", APPROVED, PARTIAL):
            return self.answer(request, scripted.code), ""
        if request.original is not None and request.kind.undoes:
            return self.answer(request, self.ledger.undo(request, request.original)), ""
        code = self.ledger.refund(request, request.card_number)
        return self.answer(request, code, icc_data=self._icc_data(request, code)), ""

    def _authorise(self, request: HostRequest, scripted: ScriptedAnswer) -> tuple[HostReply, str]:
        if self.ledger.is_reversed_before_arrival(request):
            return self.answer(request, NO_ACTION_TAKEN), ""
        verdict = self.issuer.judge(request)
        code = scripted.code or verdict.code
        amount, authorised = request.amount, None
        if code == PARTIAL and scripted.partial < amount.minor:
            amount = authorised = Money(scripted.partial, amount.currency)
        elif code == PARTIAL:
            code = APPROVED
        if code in (APPROVED, PARTIAL):
            self.ledger.charge(request, amount, verdict.pan)
        reply = self.answer(
            request,
            code,
            avs_result=verdict.avs_result,
            icc_data=self._icc_data(request, code),
            authorised=authorised,
            text=scripted.text,
        )
        return reply, verdict.note

    def _icc_data(self, request: HostRequest, code: str) -> bytes:
        """DE 55 of an answer: issuer authentication data, and the scripts that wait, where a chip in the slot can run them."""
        data = self.issuer.authentication_data(request, code)
        if not self.sending or not self.issuer.reaches_card(request) or not request.kind.facts.is_payment:
            return data
        securing = self.issuer.securing(request)
        room = LONGEST_ICC_DATA - len(data)
        count, encoded = fitting(self.sending, room, self.numbered << 8, securing)
        for number in range(count):
            sent = self.sending.popleft()
            if sent.secured is not None and sent.secured.pin is not None:
                self.issuer.ask_to_change_pin(request, sent.secured.pin, (self.numbered << 8) + number)
        return data + encoded

    def answer(
        self,
        request: HostRequest,
        code: str,
        *,
        avs_result: str = "",
        icc_data: bytes = b"",
        authorised: Money | None = None,
        text: str = "",
    ) -> HostReply:
        """An answer with the next host reference: year, day, hour, number, as acquirers write DE 37."""
        self.numbered += 1
        number, at = self.numbered, request.at
        day = at.toordinal() - at.replace(month=1, day=1).toordinal() + 1
        approved = code in (APPROVED, PARTIAL)
        return HostReply(
            message_class=request.kind.facts.message_class,
            terminal=request.terminal,
            stan=request.stan,
            amount=request.amount,
            response_code=code,
            auth_code=f"{number:06d}" if approved and request.kind.charges else "",
            host_reference=f"{at.year % 10}{day:03}{at.hour:02}{number:06}",
            avs_result=avs_result,
            icc_data=icc_data,
            authorised=authorised,
            text=text,
        )
