"""Online orders, as the service handed them over, and where to look up how the service is.

The list of orders stays until it is left, since a kitchen works from it; it gives way to what the point of sale asks for.
"""

from __future__ import annotations

from terminal_sim.core.events import REQUESTS, Event, Trigger
from terminal_sim.core.flow import DONE, STAY, Firmware, Flow, Move, State, on_each
from terminal_sim.core.money import Money
from terminal_sim.core.rows.kinds import OrdersSeenRow
from terminal_sim.core.screen import Element, QrCode, Screen, TextLine, Title, Tone
from terminal_sim.core.text import say
from terminal_sim.flows import fields
from terminal_sim.flows.paging import PagedFlow, page_moves

STATUS_PAGE = "https://issquareup.com"


class OrdersFlow(PagedFlow):
    """The orders in the order of their arrival; a page of them, and the service's own page."""

    __slots__ = ("passed",)
    page_length = 8

    def __init__(self, terminal: Firmware) -> None:
        super().__init__(terminal)
        self.passed = 0

    @property
    def length(self) -> int:
        return len(self.terminal.durable.orders)

    # Actions.

    def show_newest(self, event: Event) -> None:
        self.passed = 0
        self.see(event)

    def see(self, _: Event) -> None:
        """Record that the orders which the list shows were looked at."""
        durable = self.terminal.durable
        if durable.orders_seen < len(durable.orders):
            self.terminal.record(OrdersSeenRow(number=len(durable.orders)))

    # Screens.

    def page(self) -> Screen:
        """Some of the orders in the order of their arrival, the latest at first."""
        orders, currency = self.terminal.durable.orders, self.terminal.profile.currency
        last = len(orders) - self.newer
        first = max(last - self.page_length, 0)
        elements: list[Element] = [Title("orders", say("orders"))]
        if not orders:
            elements.append(TextLine(say("no-orders"), "no-orders"))
        for order in orders[first:last]:
            elements.append(
                TextLine(say("order-row", number=order.number, text=order.text), f"order-{order.number}")
            )
            elements.append(TextLine(say("sum", amount=Money(order.amount, currency)), tone=Tone.SMALL))
        elements += self.foot(first + 1, last)
        return Screen("orders", (*elements, fields.leave(self.terminal)))

    def status_page(self) -> Screen:
        return Screen(
            "status",
            (
                Title("status", say("status")),
                QrCode("status-page", STATUS_PAGE),
                TextLine(say("status-page"), tone=Tone.BIG),
                fields.leave(self.terminal),
            ),
        )


ORDERS = Flow(
    "orders",
    OrdersFlow,
    "list",
    (State("list", OrdersFlow.page, enter=OrdersFlow.see, free=True),),
    (
        Move(Trigger.CANCEL, "list", DONE),
        Move(Trigger.ORDER_ARRIVED, "list", STAY, action=OrdersFlow.show_newest),
        *page_moves("list"),
        *(Move(trigger, "list", DONE, action=OrdersFlow.make_way) for trigger in REQUESTS),
    ),
)
STATUS = Flow(
    "status",
    OrdersFlow,
    "shown",
    (State("shown", OrdersFlow.status_page, timeout="menu", free=True),),
    on_each((Trigger.CANCEL, Trigger.TIMEOUT), "shown", DONE),
)
