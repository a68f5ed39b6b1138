"""Who is logged in at a terminal, and the totals of what was paid: period by period, a reconciliation ends one.

A login authenticates nobody. It says who sells, and totals are told to a point of sale that is logged in.
"""

from __future__ import annotations

from collections.abc import Iterable

from terminal_sim.core.payment import Payment
from terminal_sim.core.rows.schema import JournalRow
from terminal_sim.pos.adyen.answers.inquiries import poi_status
from terminal_sim.pos.adyen.answers.totals import identification, last_period, open_period, totals
from terminal_sim.pos.adyen.messages.common import MessageHeader, SaleData
from terminal_sim.pos.adyen.messages.references import time_stamp
from terminal_sim.pos.adyen.messages.refusals import UNSERVED, NotServed, RequestFailure
from terminal_sim.pos.adyen.messages.requests import GetTotalsRequest, LoginRequest, SaleSoftware
from terminal_sim.pos.adyen.messages.responses import (
    GetTotalsResponse,
    LoginResponse,
    LogoutResponse,
    NexoResponse,
    PoiSystemData,
    ReconciliationResponse,
    TransactionTotals,
)
from terminal_sim.pos.adyen.messages.values import ErrorCondition, NexoResult, ReconciliationType
from terminal_sim.pos.adyen.service.device import ApiDevice
from terminal_sim.pos.adyen.service.dialogue import Dialogues, LoginRow, PeriodRow, ServiceDialogue

_DONE = NexoResponse(result=NexoResult.SUCCESS)
_LOGGED_OUT = RequestFailure(ErrorCondition.LOGGED_OUT, "Log in first")
_NO_PERIOD = RequestFailure(ErrorCondition.NOT_FOUND, "No period has ended yet")
_MAKER = "terminal-sim"


class NotStored(Exception):
    """It is not certain that something is durable, so nothing may be answered."""


class Shifts:
    """See the module. Its methods raise `NotServed` and `NotStored`."""

    def __init__(self, device: ApiDevice, dialogues: Dialogues) -> None:
        self._device = device
        self._dialogues = dialogues

    def operator(self, header: MessageHeader, data: SaleData | None) -> str:
        """Who sells: by the request, or else by the login of its point of sale."""
        login = self._dialogues.logins.get(header.sale_id)
        said = data.operator_id if data is not None else None
        return said or (login.operator if login is not None else "")

    def shift(self, header: MessageHeader, data: SaleData | None) -> str:
        """The shift, found likewise."""
        login = self._dialogues.logins.get(header.sale_id)
        said = data.shift_number if data is not None else None
        return said or (login.shift if login is not None else "")

    def log_in(self, header: MessageHeader, login: LoginRequest) -> LoginResponse:
        row = LoginRow(
            sale_id=header.sale_id,
            state="in",
            operator=login.operator_id or "",
            shift=login.shift_number or "",
        )
        self._store(row)
        software = SaleSoftware(
            manufacturer_id=_MAKER,
            application_name=_MAKER,
            software_version=self._device.identity.software.rpartition(" ")[2],
            certification_code="none",
        )
        data = PoiSystemData(
            date_time=time_stamp(self._device.now),
            poi_software=software,
            poi_status=poi_status(self._device.status(), busy=self._dialogues.running is not None),
        )
        return LoginResponse(response=_DONE, poi_system_data=data)

    def log_out(self, header: MessageHeader) -> LogoutResponse:
        self._check_login(header)
        self._store(LoginRow(sale_id=header.sale_id, state="out"))
        return LogoutResponse(response=_DONE)

    def totals(self, header: MessageHeader, wanted: GetTotalsRequest) -> GetTotalsResponse:
        """The totals of the open period, which goes on."""
        self._check_login(header)
        return GetTotalsResponse(
            response=_DONE,
            poi_reconciliation_id=identification(self._dialogues),
            transaction_totals=self._totals(open_period(self._dialogues), wanted),
        )

    def reconcile(self, header: MessageHeader, kind: ReconciliationType) -> ReconciliationResponse:
        """The totals of the open period, which ends by it; or those of the period before once more."""
        self._check_login(header)
        if kind is ReconciliationType.SALE_RECONCILIATION:
            told, period = self._end_period()
        elif kind is ReconciliationType.PREVIOUS_RECONCILIATION:
            if not self._dialogues.periods:
                raise NotServed(_NO_PERIOD)
            told = str(int(identification(self._dialogues)) - 1)
            period = last_period(self._dialogues)
        else:
            raise NotServed(UNSERVED)
        return ReconciliationResponse(
            response=_DONE,
            reconciliation_type=kind,
            poi_reconciliation_id=told,
            transaction_totals=self._totals(period, GetTotalsRequest()),
        )

    def _end_period(self) -> tuple[str, Iterable[ServiceDialogue]]:
        running = self._dialogues.running
        if running is not None:
            raise NotServed(running.busy)
        told, period = identification(self._dialogues), open_period(self._dialogues)
        number = len(self._dialogues.periods) + 1
        self._store(PeriodRow(number=number, dialogues=self._dialogues.following - 1))
        return told, period

    def _check_login(self, header: MessageHeader) -> None:
        if header.sale_id not in self._dialogues.logins:
            raise NotServed(_LOGGED_OUT)

    def _totals(
        self, period: Iterable[ServiceDialogue], wanted: GetTotalsRequest
    ) -> list[TransactionTotals] | None:
        def paid(dialogue: ServiceDialogue) -> Payment | None:
            return self._device.requested(dialogue.request)

        found = totals(self._device.identity, period, paid, wanted.total_details or (), wanted.total_filter)
        return found or None

    def _store(self, row: JournalRow) -> None:
        if not self._device.store([row]):
            raise NotStored
        self._dialogues.apply(row)
