"""`/v2/payments`: what checkouts have brought about."""

from __future__ import annotations

from typing import Any

from terminal_sim.pos.square.calls import ServedService, ServiceCall, ServiceRoute
from terminal_sim.pos.square.objects import ObjectKind


def get(served: ServedService, call: ServiceCall) -> dict[str, Any]:
    """A payment as it is now."""
    return {"payment": served.service.found(ObjectKind.PAYMENT, call.path["payment_id"], "Payment").value}


ROUTES = (ServiceRoute("GET", "/v2/payments/{payment_id}", get),)
