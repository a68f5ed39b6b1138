"""The verbs of the point of sale: what its till does."""

from __future__ import annotations

from typing import Annotated, Literal

from terminal_sim.bench.words import PaymentTypeKind
from terminal_sim.verbs.signature import Keyword, Meaning, ValueKind, verb
from terminal_sim.verbs.spelling import pairs
from terminal_sim.verbs.waiting import Waiting, number

Ticket = Annotated[str, ValueKind.NAME, Meaning("the ticket of the sale")]
Amount = Annotated[int | str, ValueKind.COUNT, Meaning("an amount in minor units")]
Label = Annotated[str, ValueKind.TEXT]
Server = Annotated[Label, Meaning("who serves")]
Register = Annotated[Label, Meaning("the register where the sale is made")]


class PointOfSaleVerbs(Waiting):
    """The verbs of the bench's point of sale. What it asks for is asked of the scenario's terminal."""

    @verb("pos sale", 'pos sale T-17 1250 server="Anne" register="Bar"')
    def pos_sale(
        self, ticket: Ticket, amount: Amount, *, server: Server = "", register: Register = ""
    ) -> None:
        """The point of sale asks the terminal for the payment of a sale: of a new one, or of what is left of this ticket's."""
        words = ("pos sale", ticket, str(number(amount)), *pairs(server=server, register=register))
        with self._by_hand(*words):
            self.bench.point_of_sale.sale(
                self.terminal, ticket, number(amount), server=server, register=register
            )

    @verb("pos cancel", "pos cancel T-17")
    def pos_cancel(self, ticket: Ticket) -> None:
        """It takes the request back, or the sale where nothing is asked for and nothing is paid."""
        with self._by_hand("pos cancel", ticket):
            self.bench.point_of_sale.cancel(ticket)

    @verb("pos payment-type", 'pos payment-type CH name="Cheque" reference="4711" type=other')
    def pos_payment_type(
        self,
        code: Annotated[str, ValueKind.NAME, Meaning("its short code")],
        *,
        name: Annotated[Label, Meaning("its name for people")],
        reference: Annotated[Label, Meaning("its reference in the accounts")] = "",
        type: Annotated[  # noqa: A002
            Literal["credit-card", "debit-card", "gift-card", "cash", "other"], Meaning("what it is")
        ] = "credit-card",
    ) -> None:
        """A custom payment type is set up: a short code of its own, a name, an accounting reference and a type."""
        more = pairs(name=name, reference=reference)
        with self._by_hand("pos payment-type", code, *more, f"type={type}"):
            self.bench.point_of_sale.set_up_payment_type(
                code, name=name, kind=PaymentTypeKind(type), reference=reference
            )

    @verb("pos close", 'pos payment-type CH name="Cheque" type=other', "pos close T-17 1250 with CH")
    def pos_close(
        self,
        ticket: Ticket,
        amount: Amount,
        *,
        with_: Annotated[str, ValueKind.NAME, Keyword("with", "the code of the payment type")],
    ) -> None:
        """A sale is closed by hand with a payment type; the terminal hears nothing."""
        with self._by_hand("pos close", ticket, str(number(amount)), "with", with_):
            self.bench.point_of_sale.close(ticket, number(amount), with_, currency=self.terminal.currency)

    @verb("pos refund", "pos refund T-17")
    def pos_refund(self, ticket: Ticket) -> None:
        """The sale is refunded: by the terminal where a card was charged, without any money where it was closed by hand."""
        with self._by_hand("pos refund", ticket):
            self.bench.point_of_sale.refund(ticket)
