"""What a request is refused with: `application/problem+json` (RFC 9457), one sentence and a code that programs read."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from enum import Enum

MEDIA_TYPE = "application/problem+json"


class ProblemKind(Enum):
    """Every code that the API refuses with, and its HTTP status."""

    NOT_JSON = ("not-json", 400)
    NO_TOKEN = ("no-token", 401)
    FOREIGN_ORIGIN = ("foreign-origin", 403)
    NOT_FOUND = ("not-found", 404)
    NO_METHOD = ("no-such-method", 405)
    REFUSED = ("refused", 409)
    TOO_LARGE = ("too-large", 413)
    NOT_THAT_TYPE = ("wrong-media-type", 415)
    FOREIGN_HOST = ("foreign-host", 421)
    BAD_VALUE = ("bad-value", 422)
    TOO_MANY = ("too-many", 429)
    BROKEN = ("broken", 500)
    STOPPING = ("stopping", 503)

    @property
    def code(self) -> str:
        return self.value[0]

    @property
    def status(self) -> int:
        return self.value[1]


class ApiProblem(Exception):
    """`detail` is a sentence for a person, `field` the place in the request that is wrong, `more` what else a program may use."""

    def __init__(
        self, kind: ProblemKind, detail: str, *, field: str = "", more: Mapping[str, object] | None = None
    ) -> None:
        super().__init__(detail)
        self.kind = kind
        self.detail = detail
        self.field = field
        self.more = dict(more or {})

    @classmethod
    def missing(cls, what: str, name: str, there: Iterable[str]) -> ApiProblem:
        """There is no `what` of this name; `there` are the names that there are."""
        known = ", ".join(there) or "none"
        return cls(ProblemKind.NOT_FOUND, f"there is no {what} {name!r}; there is {known}")

    def as_object(self) -> dict[str, object]:
        said: dict[str, object] = {"code": self.kind.code, "status": self.kind.status, "detail": self.detail}
        return said | ({"field": self.field} if self.field else {}) | self.more

    def as_bytes(self) -> bytes:
        return json.dumps(self.as_object(), ensure_ascii=False).encode()
