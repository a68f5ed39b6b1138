"""Whatever is sent to a terminal's interface, it answers once, keeps its key to itself, and goes on."""

from __future__ import annotations

import json
from copy import deepcopy
from random import Random
from typing import Any

import pytest

from terminal_sim.pos.adyen.messages.responses import written
from terminal_sim.pos.adyen.wire.seal import NONCE_BYTES, SharedKey, seal
from terminal_sim.secret import Secret
from tests.pos.adyen.kit import Asked, Spoken, spoken
from tests.pos.vectors import vectors

TEXTS = [sent["plaintext"] for sent in vectors("adyen_requests")["local_encrypted"]["requests"]]
KEY = SharedKey("mykey", 1, Secret("mykeypassphrase-Test1!"))
VALUES: tuple[Any, ...] = (
    None,
    True,
    -1,
    0,
    1e308,
    "",
    "x" * 5_000,
    [],
    {},
    [[]],
    {"a": None},
    "\x00",
    "é",
    10**30,
)


def mutated(draw: Random, text: str, poiid: str) -> str:
    """The request with something else in one place or several, or with other bytes."""
    text = text.replace("V400m-123456789", poiid)
    if draw.random() < 0.3:
        broken = list(text)
        for _ in range(draw.randint(1, 6)):
            place = draw.randrange(len(broken))
            broken[place] = draw.choice(
                ("", '"', "{", "]", ":", "\\", chr(draw.randrange(1, 256)), broken[place] * 2)
            )
        return "".join(broken)
    whole = json.loads(text)
    for _ in range(draw.randint(1, 3)):
        _change(draw, whole)
    return json.dumps(whole)


def _change(draw: Random, node: Any) -> None:
    """Something else in one place below `node`."""
    while isinstance(node, dict | list) and node:
        key = draw.choice(list(node)) if isinstance(node, dict) else draw.randrange(len(node))
        if not isinstance(node[key], dict | list) or draw.random() < 0.25:
            if draw.random() < 0.2:
                del node[key]
            else:
                node[key] = deepcopy(draw.choice(VALUES))
            return
        node = node[key]


def finish(shop: Spoken, asked: Asked) -> None:
    """What was begun is taken back, so that the next request finds the terminal free; a question without a time waits for a person."""
    if not asked.replies:
        shop.terminal.press("CANCEL")
    shop.bench.advance(60_000_000)


@pytest.mark.parametrize(
    "seed", [*range(8), *(pytest.param(s, marks=pytest.mark.soak) for s in range(8, 250))]
)
def test_a_changed_request_is_answered_once_and_breaks_nothing(seed: int) -> None:
    draw = Random(seed)
    with spoken(seed=seed) as shop:
        for _ in range(40):
            asked = shop.send(mutated(draw, draw.choice(TEXTS), shop.api.poiid))
            finish(shop, asked)
            (reply,) = asked.replies
            assert reply is not None
            assert reply.status in (200, 400)
            assert not reply.body or isinstance(json.loads(reply.body), dict)
        assert shop.terminal.view().screen.id == "home"
        assert shop.bench.violations() == []


@pytest.mark.parametrize("seed", range(6))
def test_a_changed_sealed_request_is_refused_without_a_hint(seed: int) -> None:
    draw = Random(seed)
    with spoken(seed=seed) as shop:
        shop.api.keys = (KEY,)
        for _ in range(30):
            text = draw.choice(TEXTS).replace("V400m-123456789", shop.api.poiid).encode()
            sealed = json.loads(written(seal(text, KEY, draw.randbytes(NONCE_BYTES))))
            part = draw.choice((sealed, sealed["SecurityTrailer"]))
            name = draw.choice([name for name in part if name != "SecurityTrailer"])
            before = part[name]
            part[name] = draw.choice((*VALUES[:9], "AAAA", "!", str(before)[:-4], str(before) + "AAAA"))
            asked: Asked = shop.send(json.dumps({"SaleToPOIRequest": {"MessageHeader": {}, **sealed}}))
            (reply,) = asked.replies
            assert reply is not None
            assert (reply.status, b"Nexo Service: crypto error" in reply.body) == (401, True), (
                name,
                part[name],
            )
            assert b"mykeypassphrase" not in reply.body
        assert shop.bench.host_messages() == []
