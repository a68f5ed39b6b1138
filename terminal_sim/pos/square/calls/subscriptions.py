"""`/v2/webhooks`: subscriptions, their keys, and a test of one."""

from __future__ import annotations

from typing import Annotated, Any

import msgspec
from msgspec import Meta
from msgspec.structs import replace

from terminal_sim.pos.square.calls.call import AwaitedAnswer, ServedService, ServiceCall, ServiceRoute
from terminal_sim.pos.square.calls.pages import Limit, page, paged
from terminal_sim.pos.square.calls.reading import parsed, read, read_query
from terminal_sim.pos.square.objects.base import ApiObject, ObjectKind
from terminal_sim.pos.square.objects.problems import ServiceRefusal, not_found, unavailable
from terminal_sim.pos.square.objects.subscriptions import WebhookSubscription, check_subscription
from terminal_sim.pos.square.objects.values import ErrorCode, SortOrder
from terminal_sim.pos.square.service.book import StoredObject
from terminal_sim.pos.square.service.news import sample
from terminal_sim.pos.square.service.rows import RemovedRow
from terminal_sim.pos.square.service.service import VERSION, ObjectChange
from terminal_sim.pos.square.webhooks.deliveries import PostResult
from terminal_sim.pos.square.webhooks.events import EVENT_TYPES

_CREATE = "CreateWebhookSubscription"
_RENEW = "UpdateWebhookSubscriptionSignatureKey"
_Key = Annotated[str, Meta(max_length=45)] | None


class CreateWebhookSubscriptionRequest(ApiObject, frozen=True, kw_only=True):
    """A new subscription."""

    idempotency_key: _Key = None
    subscription: WebhookSubscription


class UpdateWebhookSubscriptionRequest(ApiObject, frozen=True, kw_only=True):
    """What changes of a subscription; what is absent stays."""

    subscription: WebhookSubscription | None = None


class UpdateWebhookSubscriptionSignatureKeyRequest(ApiObject, frozen=True, kw_only=True):
    """A new key."""

    idempotency_key: _Key = None


class TestWebhookSubscriptionRequest(ApiObject, frozen=True, kw_only=True):
    """Of which type the event is that is sent; the first of the subscription where it does not say."""

    __test__ = False
    event_type: str | None = None


class ListWebhookSubscriptionsQuery(ApiObject, frozen=True, kw_only=True):
    """Which subscriptions are asked for; those that are disabled only on request."""

    cursor: str | None = None
    include_disabled: bool = False
    sort_order: SortOrder = SortOrder.ASC
    limit: Limit | None = None


def create(served: ServedService, call: ServiceCall) -> dict[str, Any]:
    """A new subscription, which hears of all that happens from now on."""
    service = served.service
    request = read(call.body, CreateWebhookSubscriptionRequest)

    def make() -> tuple[ObjectChange]:
        check_subscription(request.subscription)
        name = f"wbhk_{service.identify(ObjectKind.SUBSCRIPTION)}"
        made = replace(
            request.subscription,
            id=name,
            enabled=request.subscription.enabled is not False,
            api_version=request.subscription.api_version or VERSION,
            signature_key=None,
            created_at=service.stamp,
            updated_at=service.stamp,
        )
        return (ObjectChange(kind=ObjectKind.SUBSCRIPTION, id=name, value=made),)

    if request.idempotency_key is None:
        (change,) = make()
        service.store(change)
        return _told(served, service.now(ObjectKind.SUBSCRIPTION, change.id))
    body = parsed(call.body)
    return _told(served, service.once(_CREATE, request.idempotency_key, body, ObjectKind.SUBSCRIPTION, make))


def list_all(served: ServedService, call: ServiceCall) -> dict[str, Any]:
    """A page of subscriptions."""
    query = read_query(call.query, ListWebhookSubscriptionsQuery)
    found = page(
        served.service.book.all(ObjectKind.SUBSCRIPTION),
        lambda stored: query.include_disabled or stored.value.enabled,
        query=replace(query, cursor=None, limit=None),
        order=query.sort_order,
        limit=query.limit,
        cursor=query.cursor,
    )
    answer = paged("subscriptions", found)
    if found.objects:
        answer["subscriptions"] = [_told(served, one)["subscription"] for one in found.objects]
    return answer


def get(served: ServedService, call: ServiceCall) -> dict[str, Any]:
    """A subscription as it is now."""
    return _told(served, _found(served, call))


def update(served: ServedService, call: ServiceCall) -> dict[str, Any]:
    """Change a subscription. One that is disabled hears nothing, and what waits for it is dropped."""
    stored = _found(served, call)
    before: WebhookSubscription = stored.value
    given = read(call.body, UpdateWebhookSubscriptionRequest).subscription or WebhookSubscription()
    after = replace(
        before,
        name=before.name if given.name is None else given.name,
        enabled=before.enabled if given.enabled is None else given.enabled,
        event_types=before.event_types if given.event_types is None else given.event_types,
        notification_url=given.notification_url or before.notification_url,
        api_version=given.api_version or before.api_version,
        updated_at=served.service.stamp,
    )
    check_subscription(after)
    dropped = () if after.enabled else tuple(served.webhooks.dropped(stored.id))
    served.service.store(ObjectChange(kind=ObjectKind.SUBSCRIPTION, id=stored.id, value=after), rows=dropped)
    return _told(served, served.service.now(ObjectKind.SUBSCRIPTION, stored.id))


def delete(served: ServedService, call: ServiceCall) -> dict[str, Any]:
    """Forget a subscription and what waits for it."""
    stored = _found(served, call)
    removed = RemovedRow(object=stored.kind.value, id=stored.id)
    served.service.store(rows=[removed, *served.webhooks.dropped(stored.id)])
    served.keys.remove(stored.id)
    return {}


def renew_key(served: ServedService, call: ServiceCall) -> dict[str, Any]:
    """A new key, which signs from the next try on."""
    service, stored = served.service, _found(served, call)
    request = read(call.body or b"{}", UpdateWebhookSubscriptionSignatureKeyRequest)

    def make() -> tuple[ObjectChange]:
        served.keys.renew(stored.id)
        value = replace(stored.value, updated_at=service.stamp)
        return (ObjectChange(kind=ObjectKind.SUBSCRIPTION, id=stored.id, value=value),)

    if request.idempotency_key is None:
        service.store(*make())
    else:
        service.once(f"{_RENEW}/{stored.id}", request.idempotency_key, {}, ObjectKind.SUBSCRIPTION, make)
    return {"signature_key": served.keys.of(stored.id).reveal()}


def test(served: ServedService, call: ServiceCall) -> AwaitedAnswer:
    """Send a subscription an event that nothing has brought about, once, and tell what it answers."""
    service, stored = served.service, _found(served, call)
    request = read(call.body or b"{}", TestWebhookSubscriptionRequest)
    subscription: WebhookSubscription = stored.value
    (first, *_) = subscription.event_types or EVENT_TYPES
    wanted = request.event_type or first
    news = sample(service, wanted)
    if news is None or wanted not in (subscription.event_types or ()):
        raise ServiceRefusal(
            ErrorCode.INVALID_VALUE,
            "The event type is none that the subscription has and the service sends.",
            "event_type",
        )
    letter = served.webhooks.test_letter(stored.id, news)
    at = service.stamp

    def told(result: PostResult | None) -> dict[str, Any]:
        status = 0 if result is None else result.status
        outcome = {"status_code": status, "payload": msgspec.Raw(letter.body)}
        outcome |= {"notification_url": letter.url, "passes_filter": True}
        name = f"{stored.id}:{at}"
        return {
            "subscription_test_result": {"id": name, **outcome, "created_at": at, "updated_at": at}
        } | outcome

    sending = served.webhooks.post(letter)
    if sending is None:
        raise unavailable()
    return AwaitedAnswer(sending, told)


def list_types(_: ServedService, __: ServiceCall) -> dict[str, Any]:
    """The types of events that there are."""
    return {
        "event_types": EVENT_TYPES,
        "metadata": [{"event_type": one, "release_status": "PUBLIC"} for one in EVENT_TYPES],
    }


def _found(served: ServedService, call: ServiceCall) -> StoredObject:
    name = call.path["subscription_id"]
    stored = served.service.book.get(ObjectKind.SUBSCRIPTION, name)
    if stored is None:
        raise not_found(f"Webhook subscription with id {name} not found.")
    return stored


def _told(served: ServedService, stored: StoredObject) -> dict[str, Any]:
    key = served.keys.of(stored.id).reveal()
    return {"subscription": replace(stored.value, signature_key=key)}


_ONE = "/v2/webhooks/subscriptions/{subscription_id}"
ROUTES = (
    ServiceRoute("POST", "/v2/webhooks/subscriptions", create),
    ServiceRoute("GET", "/v2/webhooks/subscriptions", list_all),
    ServiceRoute("GET", _ONE, get),
    ServiceRoute("PUT", _ONE, update),
    ServiceRoute("DELETE", _ONE, delete),
    ServiceRoute("POST", f"{_ONE}/signature-key", renew_key),
    ServiceRoute("POST", f"{_ONE}/test", test),
    ServiceRoute("GET", "/v2/webhooks/event-types", list_types),
)
