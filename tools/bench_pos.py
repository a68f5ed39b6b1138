"""A payment that a point of sale asks for over the vendor's interface, against the same payment by hand; and seals against the ciphers alone."""

from __future__ import annotations

import json
from itertools import count

from bench_rig import Figure, contest
from bench_sale import PROFILE, home_again, sale
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.hmac import HMAC
from cryptography.hazmat.primitives.padding import PKCS7

from terminal_sim.bench import Bench
from terminal_sim.pos.adyen.wire.exchange import HttpReply
from terminal_sim.pos.adyen.wire.seal import SharedKey, seal, unseal
from terminal_sim.secret import Secret

DIALOGUE_AIM = 1.5  # times a chip sale by hand
SEAL_AIM = 2.0  # times the ciphers alone
_TEXT = b'{"SaleToPOIRequest":' + b'{"MessageHeader":{}}' * 40 + b"}"


def dialogues(quick: bool) -> list[Figure]:
    """CPU of a Payment from its text to the text of its answer, both rows of it durable in memory, and of a chip sale by hand."""
    numbers = count(1)
    with Bench(trace=False) as by_hand, Bench(trace=False) as asked:
        hand, terminal = by_hand.add_terminal(PROFILE), asked.add_terminal(PROFILE)
        with asked.terminal_apis(lambda call: call(), sealed=False) as apis:
            api = apis.of(terminal)
            replies: list[HttpReply | None] = []

            def dialogue() -> None:
                api.receive(_payment(api.poiid, next(numbers)), replies.append)
                terminal.insert("visa-credit")
                home_again(asked, terminal)

            runs = {"hand": lambda: sale(by_hand, hand, "insert"), "dialogue": dialogue}
            found = contest(runs, rounds=5 if quick else 15, calls=10)
            if broken := asked.violations():
                raise RuntimeError(broken[0])
    if any(reply is None or b'"Result":"Success"' not in reply.body for reply in replies):
        raise RuntimeError("a measured payment was not paid")
    ratio = found.ratio("dialogue", "hand")
    figure = f"{found.micros('dialogue'):,.0f} us, {ratio:.2f} times a chip sale"
    return [Figure("payment by the Terminal API", figure, f"<= {DIALOGUE_AIM} times", ratio <= DIALOGUE_AIM)]


def seals(quick: bool) -> list[Figure]:
    """A message of 800 bytes sealed and opened, and the same bytes through AES and HMAC of `cryptography` alone."""
    key = SharedKey("V4000001", 1, Secret("Passphrase-of-a-test-1"))
    nonce = bytes(range(16))

    def ours() -> None:
        if unseal(seal(_TEXT, key, nonce), (key,))[0] != _TEXT:
            raise RuntimeError("the seal does not open")

    found = contest({"ours": ours, "alone": _ciphers_alone}, rounds=5 if quick else 25, calls=100)
    ratio = found.ratio("ours", "alone")
    figure = f"{1e6 / found.micros('ours'):,.0f} a second, {ratio:.2f} times the ciphers"
    return [
        Figure(
            "seals of the Terminal API, made and opened", figure, f"<= {SEAL_AIM} times", ratio <= SEAL_AIM
        )
    ]


def points_of_sale(quick: bool) -> list[Figure]:
    """Both."""
    return [*dialogues(quick), *seals(quick)]


def _ciphers_alone() -> None:
    cipher = Cipher(algorithms.AES(bytes(32)), modes.CBC(bytes(16)))
    padder, encryptor = PKCS7(128).padder(), cipher.encryptor()
    blob = encryptor.update(padder.update(_TEXT) + padder.finalize()) + encryptor.finalize()
    sent = HMAC(bytes(32), SHA256())
    sent.update(_TEXT)
    code = sent.finalize()
    decryptor, unpadder = (
        Cipher(algorithms.AES(bytes(32)), modes.CBC(bytes(16))).decryptor(),
        PKCS7(128).unpadder(),
    )
    text = unpadder.update(decryptor.update(blob) + decryptor.finalize()) + unpadder.finalize()
    came = HMAC(bytes(32), SHA256())
    came.update(text)
    came.verify(code)


def _payment(poiid: str, number: int) -> bytes:
    header = {
        "MessageClass": "Service",
        "MessageCategory": "Payment",
        "MessageType": "Request",
        "ProtocolVersion": "3.0",
        "SaleID": "Till1",
        "ServiceID": str(number),
        "POIID": poiid,
    }
    body = {
        "SaleData": {
            "SaleTransactionID": {"TransactionID": f"T-{number}", "TimeStamp": "2026-01-15T09:00:00Z"}
        },
        "PaymentTransaction": {"AmountsReq": {"Currency": "CAD", "RequestedAmount": 20}},
    }
    return json.dumps({"SaleToPOIRequest": {"MessageHeader": header, "PaymentRequest": body}}).encode()
