"""A point of sale on the vendor's library (PyPI, squareup), as a process of its own: a line of JSON in for each call, a line out for its answer.

It has that library and nothing of ours.
"""

import json
import sys

from square import Square
from square.core.api_error import ApiError


def main() -> None:
    """Serve calls until the input ends. The arguments are the address and the token."""
    client = Square(token=sys.argv[2], base_url=sys.argv[1])
    for line in sys.stdin:
        asked = json.loads(line)
        call = client
        for name in asked["call"].split("."):
            call = getattr(call, name)
        try:
            answer = call(**asked["arguments"])
            if hasattr(answer, "items"):
                said = {"answer": [json.loads(item.json()) for item in answer]}
            else:
                said = {"answer": json.loads(answer.json())}
        except ApiError as refused:
            said = {"status": refused.status_code, "errors": refused.body["errors"]}
        print(json.dumps({"id": asked["id"], **said}), flush=True)


if __name__ == "__main__":
    main()
