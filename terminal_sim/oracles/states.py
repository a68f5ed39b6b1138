"""The states of payments, the kinds of rows and messages, the screens that end a payment and the verbs that present a card: what rules ask for by name."""

from __future__ import annotations

FILTERS = {
    "pending": ("PENDING", "FORWARD_SENT"), "completed": ("COMPLETED",), "declined": ("DECLINED",), "expired": ("EXPIRED",), "lost": ("LOST",),
}  # fmt: skip
GIVES_BACK = ("refund", "void")
"""The kinds of payments that no sum counts."""
KEPT_NO_LONGER = ("offline.forwarded", "offline.declined", "offline.expired", "offline.lost")
"""The kinds of rows by which a stored payment is over."""
APPROVED = ("00", "10")
"""The response codes of an approval and of a partial one (ISO 8583, DE 39)."""
NOT_PAID = (
    "declined",
    "cancelled",
    "timed-out",
    "card-removed",
    "no-connection",
    "card-error",
    "not-accepted",
    "reader-lost",
    "void-declined",
    "void-unanswered",
)
"""The screens that end a payment, or a void, that was not done."""
PAYMENT_KINDS = ("sale", "moto", "refund", "void")
NUMBERED_KINDS = (*PAYMENT_KINDS, "card.refused", "settlement")
"""The kinds of rows of which the first of a reference takes a trace number."""
UNRESOLVED = ("AUTH_SENT", "REVERSAL_PENDING")
"""The states of a payment that was asked for, and of which a boot finds out what became of it."""
IN_DOUBT = (*UNRESOLVED, "FORWARD_SENT")
"""The states of a payment of which only the acquirer can say what becomes of it."""
SETTLING = ("reconciliation", "batch-upload", "batch-close")
"""The kinds of messages that settle a batch."""
PRESENTING = ("insert", "tap-card", "swipe")
"""The verbs that present a card."""
ANOTHER_IN_SLOT = ("insert", "remove", "fault reader-link", "fault wire", "fault card")
"""How the lines begin after which the reader takes the card in its slot for another one."""
ASKS_FOR_CARD = ("present-card", "insert-instead", "swipe-instead", "clearpay-tap")
"""The screens that ask for a card."""
