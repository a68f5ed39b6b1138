"""The rules of the guide once more, written for people: what becomes of each payment, and nothing of how.

Time is in seconds. It knows no rows, flows or messages, and shares no code with what it is compared with.
"""

from __future__ import annotations

from dataclasses import dataclass, field

HOUR, DAY = 3_600, 86_400


@dataclass
class Payment:
    amount: int
    outage: str
    deadline: int
    fate: str = "pending"


@dataclass
class Model:
    """`from_loss`: Reader and Stand count from the loss of the connection, and forward while the app is open.

    `session` is for how many seconds of an outage payments are taken.
    """

    from_loss: bool
    session: int
    limit: int = 10_000
    now: int = 0
    network: bool = True
    service: bool = True
    app: bool = True
    on: bool = True
    allowed: bool = True
    lost_at: int | None = None
    since: dict[str, int] = field(default_factory=dict)
    payments: list[Payment] = field(default_factory=list)

    @property
    def reason(self) -> str:
        return "network" if not self.network else "" if self.service else "service"

    def pending(self) -> list[Payment]:
        return [payment for payment in self.payments if payment.fate == "pending"]

    def look(self) -> None:
        """What a device that is on notices, in this order: the outage, what has expired, what can leave."""
        if not self.on:
            return
        if not self.reason:
            self.lost_at, self.since = None, {}
        else:
            self.lost_at = self.now if self.lost_at is None else self.lost_at
            self.since.setdefault(self.reason, self.now)
        for payment in self.pending():
            if self.now >= payment.deadline:
                payment.fate = "expired"
        for payment in self.pending() if not self.reason else []:
            if self.from_loss and not self.app and payment.outage == "network":
                break  # oldest first: nobody overtakes
            payment.fate = "completed"

    def wait(self, seconds: int) -> None:
        self.now += seconds
        self.look()

    def pay(self, amount: int) -> str:
        if not self.reason:
            self.payments.append(Payment(amount, "", 0, "completed"))
            return "approved"
        if not self.allowed:
            return "offline-not-allowed"
        too_late = self.from_loss and self.now >= (self.lost_at or 0) + DAY
        if too_late or self.now >= self.since[self.reason] + self.session:
            return "offline-session-over"
        if amount > self.limit:
            return "offline-limit-exceeded"
        waiting = self.pending()
        if self.from_loss:
            deadline = (self.lost_at or 0) + DAY
        else:
            deadline = waiting[0].deadline if waiting else self.now + DAY
        self.payments.append(Payment(amount, self.reason, deadline))
        return "accepted-offline"

    def lose(self) -> None:
        for payment in self.pending():
            payment.fate = "lost"
