"""The paper of a payment: which copies print by themselves, which are offered, and what each copy says."""

from __future__ import annotations

from msgspec import Struct, structs

from terminal_sim.core.config import Receipts
from terminal_sim.core.flow import Firmware
from terminal_sim.core.payment import Payment
from terminal_sim.core.receipt import Copy, Receipt, receipt_of
from terminal_sim.core.rows.kinds import ReprintRow


class Copies(Struct, frozen=True):
    """The copies of one receipt: `queue` prints by itself, `offered` is asked about, `stopped` waits for paper."""

    queue: tuple[Copy, ...] = ()
    offered: tuple[Copy, ...] = ()
    stopped: Receipt | None = None

    @staticmethod
    def by(rules: Receipts) -> Copies:
        """What the profile's `rules` make of the merchant's and the customer's copy."""
        policies = ((Copy.MERCHANT, rules.merchant), (Copy.CUSTOMER, rules.customer))
        return Copies(
            queue=tuple(copy for copy, policy in policies if policy == "auto"),
            offered=tuple(copy for copy, policy in policies if policy == "prompt"),
        )

    def without_next(self) -> Copies:
        """After the first copy of the queue has gone to the printer."""
        return structs.replace(self, queue=self.queue[1:])

    def without_offer(self) -> Copies:
        """After the first offer was answered."""
        return structs.replace(self, offered=self.offered[1:])

    def stopped_at(self, receipt: Receipt) -> Copies:
        """After the paper ran out: `receipt` prints when there is paper again, and is not offered any more."""
        offered = tuple(copy for copy in self.offered if copy is not receipt.copy)
        return structs.replace(self, stopped=receipt, offered=offered)


def receipt_for(terminal: Firmware, payment: Payment, copy: Copy) -> Receipt:
    """The customer copy speaks the card's language where the profile says so, the merchant copy the terminal's."""
    profile = terminal.profile
    foreign = copy is Copy.CUSTOMER and profile.receipts.card_language and payment.language
    return receipt_of(
        payment,
        copy,
        header=profile.receipts.header,
        locale=payment.language if foreign else terminal.locale,
        terminal=terminal.name,
        merchant=profile.merchant.id,
    )


def reprint_of(paper: Receipt) -> ReprintRow:
    """The row of a copy that has come out once more."""
    return ReprintRow(original=paper.reference, copy=paper.copy.value)
