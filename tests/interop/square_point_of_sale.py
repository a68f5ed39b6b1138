"""A point of sale on the vendor's library (PyPI, squareup), as a process of its own: a line of JSON in for each call, a line out for its answer.

It has that library and nothing of ours.
"""

import json
import sys

from square import Square
from square.core.api_error import ApiError
from square.utils.webhooks_helper import verify_signature


def main() -> None:
    """Serve calls until the input ends. The arguments are the address and the token."""
    client = Square(token=sys.argv[2], base_url=sys.argv[1])
    for line in sys.stdin:
        asked = json.loads(line)
        call = client
        for name in asked["call"].split("."):
            call = verify_signature if name == "verify_signature" else getattr(call, name)
        try:
            answer = call(**asked["arguments"])
            if isinstance(answer, bool):
                said: dict[str, object] = {"answer": answer}
            elif hasattr(answer, "items"):
                said = {"answer": [json.loads(item.json()) for item in answer]}
            else:
                said = {"answer": json.loads(answer.json())}
        except ApiError as refused:
            said = {"status": refused.status_code, "errors": refused.body["errors"]}
        print(json.dumps({"id": asked["id"], **said}), flush=True)


if __name__ == "__main__":
    main()
