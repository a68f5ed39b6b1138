"""A terminal that does anything to a card: the right command in the wrong state, the wrong one in the right state, lengths that lie, scripts of
the true issuer and damaged ones, and power cuts between any two commands.

It walks by a seed and knows the card's keys, so that it comes deep into a transaction. After each step it holds the card to its rules.
"""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import replace

from terminal_sim.cards import catalogue
from terminal_sim.cards.catalogue import CardFace, VirtualCard
from terminal_sim.cards.system import signing
from terminal_sim.cards.system.chip import ChipCard
from terminal_sim.cards.system.contact import Phase
from terminal_sim.cards.system.contactless import ContactlessCard
from terminal_sim.cards.system.content import ApplicationContent
from terminal_sim.cards.system.memory import AccountState, Memory
from terminal_sim.cards.system.schemes import scheme_of
from terminal_sim.emv.data import dol
from terminal_sim.emv.data.apdu import PPSE, PSE, Instruction
from terminal_sim.emv.keys import pinblock
from terminal_sim.emv.keys.derivation import IssuerKeys
from terminal_sim.emv.keys.secure_messaging import ScriptSession, visa_pin_data
from terminal_sim.secret import Secret
from tests.emv.terminal import ISSUER_KEY

KEYS = IssuerKeys(ISSUER_KEY)
GIVES_TRIES_BACK = (
    Instruction.VERIFY,
    Instruction.EXTERNAL_AUTHENTICATE,
    Instruction.GENERATE_AC,
    Instruction.PIN_CHANGE_UNBLOCK,
)
LONGEST_ANSWER = 258


class FuzzTerminal:
    """One card under a walk of `seed`."""

    def __init__(self, name: str, seed: int) -> None:
        self._name = name
        self._random = random.Random(f"{name} {seed}")
        self.card = catalogue.load(name, (), KEYS)
        self._side = 0
        self._acts: tuple[Callable[[], None], ...] = (
            *(self._begin,) * 3,
            *(self._certify,) * 4,
            *(self._step,) * 4,
            *(self._script,) * 3,
            *(self._answer_of_issuer,) * 2,
            *(self._verify,) * 2,
            self._damage,
            self._nonsense,
            self._cut_power,
        )

    def walk(self, steps: int) -> None:
        for _ in range(steps):
            self._random.choice(self._acts)()

    def send(self, command: bytes) -> bytes:
        """The answer to a command, after which the card keeps its rules."""
        face, before = self._face(), self.card.memory.now
        answer = face.transmit(command)
        after = self.card.memory.now
        where = f"{self._name}: {command[:40].hex()}"
        worn = self.card.personality.chip is not None and self.card.personality.chip.wear is not None
        assert 2 <= len(answer) <= LONGEST_ANSWER or (worn and not answer), where
        assert not answer or answer[-2] >> 4 in (6, 9), where
        for old, new in zip(before, after, strict=True):
            self._check(old, new, command, where)
        return answer

    def _check(self, old: AccountState, new: AccountState, command: bytes, where: str) -> None:
        assert old.atc <= new.atc <= old.atc + 1, where
        assert old.last_online <= new.last_online <= new.atc, where
        assert 0 <= new.tries_left <= 15, where
        assert new.offline_payments >= 0 <= new.offline_amount, where
        assert len(new.log) <= self.card.personality.log, where
        if new.tries_left > old.tries_left:
            assert int.from_bytes(command[:2]) in GIVES_TRIES_BACK, where
        if new != old and command[:1] == b"\x00":
            assert int.from_bytes(command[:2]) in GIVES_TRIES_BACK, where

    def _face(self) -> CardFace:
        faces = [face for face in (self.card.chip, self.card.contactless) if face is not None]
        return faces[self._side % len(faces)]

    @property
    def _chip(self) -> ChipCard | None:
        face = self._face()
        return face if isinstance(face, ChipCard) else None

    def _current_account(self) -> Memory:
        """The account of the chip's application, or any."""
        personality = self.card.personality
        if self._chip is None or personality.chip is None or self._random.random() < 0.1:
            return self._random.choice(self.card.memory.accounts)
        application = personality.chip.applications[max(self._chip.snapshot().application, 0)]
        return self.card.memory.accounts[personality.accounts.index(personality.account(application))]

    def _held(self) -> ApplicationContent | None:
        """What the selected application holds, by which commands get their right lengths."""
        face = self._face()
        if isinstance(face, ChipCard):
            return face._applications[face._current].held
        if isinstance(face, ContactlessCard) and face._selected is not None:
            return face._selected.held
        return None

    def _begin(self) -> None:
        """A selection, and mostly the begin of a transaction, with a PDOL of the right length but for one in ten."""
        draw = self._random
        if draw.random() < 0.2:
            self._side += 1
            self._face().reset()
        personality = self.card.personality
        face = personality.chip if self._chip is not None else personality.contactless
        names = [bytes.fromhex(one.aid) for one in face.applications] if face is not None else []
        name = draw.choice(names) if names and draw.random() < 0.8 else draw.choice((PSE, PPSE))
        name = name[: draw.randrange(len(name) + 1)] if draw.random() < 0.1 else name
        self.send(_command(Instruction.SELECT, 4, draw.choice((0, 0, 0, 0, 0, 2)), name))
        held = self._held()
        if held is None or draw.random() < 0.1:
            return
        size = sum(entry.length for entry in dol.parse(held.pdol))
        size = size if draw.random() < 0.9 else draw.randrange(60)
        self.send(
            _command(Instruction.GET_PROCESSING_OPTIONS, 0, 0, bytes((0x83, size)) + self._values(size))
        )

    def _certify(self) -> None:
        draw = self._random
        kind = draw.choice((0x00, 0x40, 0x80, 0x90, 0x50, draw.randrange(256)))
        held = self._held()
        second = self._chip is not None and self._chip.snapshot().phase is Phase.REQUESTED
        size = draw.randrange(60)
        if held is not None and draw.random() < 0.9:
            size = sum(entry.length for entry in dol.parse(held.cdol2 if second else held.cdol1))
        answer = self.send(_command(Instruction.GENERATE_AC, kind, 0, self._values(size)))
        if answer[-2:] == b"\x90\0" and kind & 0xC0 != 0x40:
            given = answer[answer.index(b"\x9f\x27\x01") + 3] if b"\x9f\x27\x01" in answer else answer[2]
            assert given & 0xC0 != 0x40, f"{self._name}: a TC that nobody asked for"

    def _step(self) -> None:
        """Any command in its own form."""
        draw = self._random
        place = draw.choice((1, 2, 3, 11, draw.randrange(32))) << 3 | 4
        record = _bare(Instruction.READ_RECORD, draw.choice((1, 2, 3, draw.randrange(256))), place)
        tag = draw.choice((0x9F36, 0x9F13, 0x9F17, 0x9F4F, draw.randrange(65_536)))
        torn = draw.choice((None, self.card.memory.accounts[0].now.torn))
        self.send(
            draw.choice(
                (
                    record,
                    _bare(Instruction.GET_DATA, tag >> 8, tag & 0xFF),
                    _command(Instruction.INTERNAL_AUTHENTICATE, 0, 0, self._values(4)),
                    _command(Instruction.EXCHANGE_RELAY_RESISTANCE_DATA, 0, 0, self._values(4)),
                    _command(
                        Instruction.RECOVER_AC, 0, 0, torn.known if torn is not None else self._values(13)
                    ),
                    _command(Instruction.COMPUTE_CRYPTOGRAPHIC_CHECKSUM, 0x8E, 0x80, self._values(4)),
                    _bare(Instruction.GET_RESPONSE, 0, 0),
                )
            )
        )

    def _verify(self) -> None:
        """The right PIN, a wrong one, plain or enciphered."""
        draw = self._random
        own = self.card.personality.pin
        entered = own if own is not None and draw.random() < 0.5 else Secret("0000")
        block = pinblock.format2(entered).reveal()
        if draw.random() < 0.3:
            challenge = self.send(_bare(Instruction.GET_CHALLENGE, 0, 0))[:-2]
            key = signing.pin_key().public
            filled = b"\x7f" + block + (challenge or bytes(8)) + draw.randbytes(key.size - 17)
            self.send(_command(Instruction.VERIFY, 0, 0x88, key.apply(filled)))
        else:
            self.send(_command(Instruction.VERIFY, 0, 0x80, block))

    def _script(self) -> None:
        """A command of the card's own issuer, now and then damaged."""
        draw = self._random
        instruction = draw.choice(
            (
                Instruction.PIN_CHANGE_UNBLOCK,
                Instruction.APPLICATION_UNBLOCK,
                Instruction.PUT_DATA,
                Instruction.UPDATE_RECORD,
                *((Instruction.APPLICATION_BLOCK,) if draw.random() < 0.05 else ()),
            )
        )
        first, second, data = 0, 0, b""
        now = self._chip.snapshot() if self._chip is not None else None
        account = self._current_account()
        aid = bytes.fromhex(
            self.card.personality.chip.applications[max(now.application, 0)].aid
            if now is not None and self.card.personality.chip is not None
            else "A0000000031010"
        )
        session = ScriptSession(
            style=scheme_of(aid).messaging,
            mac=account.keys.mac,
            encipherment=account.keys.encipherment,
            atc=account.counter,
            arqc=now.arqc if now is not None and now.arqc else bytes(8),
        )
        count = now.scripts.count if now is not None else 0
        if instruction is Instruction.PIN_CHANGE_UNBLOCK:
            second = draw.choice((0, 1, 2, draw.randrange(256)))
            if second in (1, 2):
                own = self.card.personality.pin or Secret("1234")
                data = session.encipher(
                    count, visa_pin_data(own, account.key, own if second == 1 else None).reveal()
                )
        elif instruction in (Instruction.PUT_DATA, Instruction.UPDATE_RECORD):
            first, second = draw.choice(((1, 0x0C), (0x9F, 0x58), (draw.randrange(256), draw.randrange(256))))
            data = draw.randbytes(draw.randrange(30))
        header = instruction.to_bytes(2) + bytes((first, second, len(data) + 8))
        chain = now.scripts.chain if now is not None else b""
        mac = session.mac_of(count, header, data, chain)
        if draw.random() < 0.2:
            mac = draw.randbytes(draw.randrange(9))
        self.send(header[:4] + bytes((len(data + mac),)) + data + mac)

    def _answer_of_issuer(self) -> None:
        """EXTERNAL AUTHENTICATE with the true answer, or another."""
        draw = self._random
        data = draw.randbytes(draw.randrange(1, 20))
        now = self._chip.snapshot() if self._chip is not None else None
        if now is not None and now.arqc and draw.random() < 0.8 and self.card.personality.chip is not None:
            account = self._current_account()
            aid = bytes.fromhex(self.card.personality.chip.applications[now.application].aid)
            data = scheme_of(aid).version.authentication_data(
                account.key,
                now.arqc,
                atc=account.counter,
                unpredictable=now.unpredictable,
                code=b"00",
                status=bytes((draw.randrange(256), draw.choice((0x80, 0x82, 0x90, 0x88, 0x00)), 0, 0)),
            )
        self.send(_command(Instruction.EXTERNAL_AUTHENTICATE, 0, 0, data or bytes(8)))

    def _damage(self) -> None:
        """A command whose lengths or parameters lie."""
        draw = self._random
        command = bytearray(
            _command(draw.choice(list(Instruction)), 0, 0, draw.randbytes(draw.randrange(1, 40)))
        )
        for _ in range(draw.randrange(1, 4)):
            command[draw.randrange(len(command))] = draw.randrange(256)
        self.send(bytes(command[: draw.randrange(len(command) + 1)]))

    def _nonsense(self) -> None:
        self.send(self._random.randbytes(self._random.choice((0, 1, 4, 5, 6, 255, 261, 300))))

    def _cut_power(self) -> None:
        """The card goes on as another one that remembers what was durable."""
        kept = self.card.snapshot()
        fresh: VirtualCard = catalogue.make(self.card.personality, KEYS)
        fresh.resume(kept if self._random.random() < 0.3 else replace(kept, chip=None))
        assert fresh.memory.now == self.card.memory.now
        self.card = fresh
        if any(one.blocked == "card" for one in kept.accounts):
            self.card = catalogue.make(self.card.personality, KEYS)

    def _values(self, size: int) -> bytes:
        """Digits for amounts and dates as often as not."""
        draw = self._random
        if draw.random() < 0.7:
            return bytes(draw.choice((0x00, 0x12, 0x99)) for _ in range(size))
        return draw.randbytes(size)


def _command(instruction: Instruction, first: int, second: int, data: bytes) -> bytes:
    data = data[:255]
    return instruction.to_bytes(2) + bytes((first & 0xFF, second & 0xFF, len(data))) + data + b"\0"


def _bare(instruction: Instruction, first: int, second: int) -> bytes:
    return instruction.to_bytes(2) + bytes((first & 0xFF, second & 0xFF, 0))
