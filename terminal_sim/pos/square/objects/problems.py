"""Why a call is refused: `{"errors":[{"category","code","detail","field"}]}` with the status of HTTP that belongs to it."""

from __future__ import annotations

import msgspec
from msgspec import Struct

from terminal_sim.pos.square.objects.values import ErrorCategory, ErrorCode


class ApiError(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """An error as the service says it. `field` is the dotted path of the member that is wrong."""

    category: ErrorCategory
    code: ErrorCode
    detail: str | None = None
    field: str | None = None


class ServiceRefusal(Exception):
    """A call that changes nothing: `status` is that of HTTP."""

    def __init__(
        self,
        code: ErrorCode,
        detail: str,
        field: str | None = None,
        *,
        category: ErrorCategory = ErrorCategory.INVALID_REQUEST_ERROR,
        status: int = 400,
    ) -> None:
        super().__init__(detail)
        self.status = status
        self.error = ApiError(category=category, code=code, detail=detail, field=field)

    @property
    def body(self) -> bytes:
        """The body of the answer."""
        return msgspec.json.encode({"errors": [self.error]})


def not_found(detail: str, field: str | None = None) -> ServiceRefusal:
    """Nothing is known by the name that the path or the body has."""
    return ServiceRefusal(ErrorCode.NOT_FOUND, detail, field, status=404)


def no_such_device(device: str) -> ServiceRefusal:
    """The device is not paired with this account, in the vendor's words."""
    return ServiceRefusal(ErrorCode.BAD_REQUEST, f"Merchant not authorized for device_id={device}")


def unauthorized() -> ServiceRefusal:
    """The call has no token, or another one."""
    return ServiceRefusal(
        ErrorCode.UNAUTHORIZED,
        "This request could not be authorized.",
        category=ErrorCategory.AUTHENTICATION_ERROR,
        status=401,
    )


def unavailable() -> ServiceRefusal:
    """The service is down."""
    return ServiceRefusal(
        ErrorCode.SERVICE_UNAVAILABLE,
        "The service is unavailable.",
        category=ErrorCategory.API_ERROR,
        status=503,
    )


def not_durable() -> ServiceRefusal:
    """What the answer would say could not be stored."""
    return ServiceRefusal(
        ErrorCode.INTERNAL_SERVER_ERROR,
        "The service cannot store what it answers.",
        category=ErrorCategory.API_ERROR,
        status=500,
    )


def no_such_path() -> ServiceRefusal:
    """Nothing is served at this path."""
    return ServiceRefusal(ErrorCode.NOT_FOUND, "Resource not found.", status=404)


def wrong_method() -> ServiceRefusal:
    """The path is served with other methods."""
    return ServiceRefusal(ErrorCode.METHOD_NOT_ALLOWED, "The method is not allowed here.", status=405)


def wrong_version() -> ServiceRefusal:
    """The version that the call asks for is none."""
    return ServiceRefusal(
        ErrorCode.INVALID_SQUARE_VERSION_FORMAT, "Square-Version is not a date of the form YYYY-MM-DD."
    )
