"""The subscriptions of a service as those who are told of its events, and what makes events of its changes."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from terminal_sim.core.moment import Instant
from terminal_sim.core.rows.schema import JournalRow
from terminal_sim.pos.square.objects.base import ObjectKind
from terminal_sim.pos.square.objects.subscriptions import SignatureKeys
from terminal_sim.pos.square.service.book import StoredObject
from terminal_sim.pos.square.service.news import news_of
from terminal_sim.pos.square.service.service import NotDurable, ObjectChange, SquareService
from terminal_sim.pos.square.webhooks.webhooks import WebhookAddress, Webhooks


class ServiceSubscribers:
    """The subscriptions in the book of `service`, with their `keys`."""

    def __init__(self, service: SquareService, keys: SignatureKeys) -> None:
        self._service = service
        self._keys = keys

    def of(self, event_type: str) -> Sequence[str]:
        return [
            stored.id
            for stored in self._service.book.all(ObjectKind.SUBSCRIPTION)
            if stored.value.hears_of(event_type)
        ]

    def address(self, subscription: str) -> WebhookAddress:
        stored = self._service.now(ObjectKind.SUBSCRIPTION, subscription)
        url: str = stored.value.notification_url
        return WebhookAddress(subscription=subscription, url=url, key=self._keys.of(subscription))


class ServiceRows:
    """What deliveries know of `service`: its time, and where their rows go."""

    def __init__(self, service: SquareService) -> None:
        self._service = service

    @property
    def now(self) -> Instant:
        return self._service.world.now

    @property
    def seed(self) -> int:
        return self._service.world.seed

    @property
    def is_down(self) -> bool:
        return self._service.world.is_down or self._service.out_of_service

    def note(self, text: str) -> None:
        self._service.world.note(text)

    def store(self, rows: Sequence[JournalRow]) -> bool:
        try:
            self._service.store(rows=rows)
        except NotDurable:
            return False
        return True


def webhooks_of(service: SquareService, keys: SignatureKeys, rest: Callable[[], object]) -> Webhooks:
    """The webhooks of `service`, which tell of all its changes from now on; `rest` is that of `Webhooks`."""
    webhooks = Webhooks(
        ServiceRows(service), ServiceSubscribers(service, keys), service.book.deliveries, rest
    )

    def announced(change: ObjectChange, before: StoredObject | None) -> Sequence[JournalRow]:
        news = news_of(service, change, before)
        return () if news is None else webhooks.tell(news)

    service.announce = announced
    return webhooks
