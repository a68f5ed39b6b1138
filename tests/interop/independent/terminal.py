"""A terminal that shares no code with the product: pyemv and a public TLV library beside Python's own `pow` and `hashlib`.

It selects, reads, authenticates and pays by the books alone, and is stricter than a terminal in a shop: whatever a card does that the
books do not allow is a `CardFault`.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Final

from tests.interop.independent import issuer, proofs
from tests.interop.independent.objects import (
    OK,
    Objects,
    Transmit,
    ask,
    case_4,
    demand,
    entries,
    exchange,
    filled,
    flat,
    once,
    one,
)
from tests.interop.independent.proofs import Authority, Key

PSE, PPSE = b"1PAY.SYS.DDF01", b"2PAY.SYS.DDF01"
AAC, TC, ARQC = 0x00, 0x40, 0x80
_CDA: Final = 0x10
_RANKS: Final = (AAC, ARQC, TC)
_MANDATORY: Final = (0x5A, 0x5F24, 0x8C, 0x8D)


@dataclass
class IndependentTerminal:
    """One card's conversation. `terminal` are the terminal's own values by tag, `card` what the card said, `sent` what CDA covers."""

    transmit: Transmit
    authorities: dict[tuple[bytes, int], Authority] = field(default_factory=proofs.authorities)
    terminal: dict[int, bytes] = field(
        default_factory=lambda: {
            int(tag, 16): bytes.fromhex(value)
            for tag, value in {
                "9F02": "000000001000", "9F03": "000000000000", "9F1A": "0124", "95": "0000000000", "5F2A": "0124", "9A": "261129",
                "9C": "00", "9F37": "A1B2C3D4", "9F66": "36004000", "9F35": "22", "9F33": "E0F8C8", "8A": "3030",
            }.items()
        }
    )  # fmt: skip
    card: dict[int, bytes] = field(default_factory=dict)
    sent: bytes = b""
    aid: bytes = b""
    _static: bytes = b""

    def directory(self, name: bytes = PSE) -> list[bytes]:
        """The names of the applications, best first (Book 1, 12.3.2; Book B, 3.3.2)."""
        control = self._control(name)
        if name == PPSE:
            return self._ordered(flat(control[0xBF0C]))
        demand(set(control) <= {0x88, 0x5F2D, 0x9F11, 0xBF0C}, "the directory has an object of no use there")
        file = control[0x88][0]
        demand(1 <= file <= 10, "the directory is in a file of its own application")
        found: Objects = []
        for number in range(1, 256):
            data, sw = exchange(self.transmit, bytes((0x00, 0xB2, number, file << 3 | 4, 0)))
            if sw != OK:
                demand(sw == 0x6A83, f"the directory ends with {sw:04X}")
                break
            found += flat(one(data, 0x70))
        return self._ordered(found)

    def next_ones(self, name: bytes) -> list[bytes]:
        """The applications whose name begins so, one occurrence after the other (Book 1, 12.3.3)."""
        found: list[bytes] = []
        occurrence = 0x00
        while True:
            data, sw = exchange(self.transmit, case_4(f"00A404{occurrence:02X}", name))
            if sw != OK:
                demand(sw == 0x6A82, f"the last occurrence is followed by {sw:04X}")
                return found
            found.append(once(flat(one(data, 0x6F)))[0x84])
            occurrence = 0x02

    def select(self, aid: bytes) -> dict[int, bytes]:
        """Final selection (Book 1, 11.3)."""
        self.card, self.sent, self.aid = {}, b"", aid
        control = self._control(aid)
        demand(1 <= len(control[0x50]) <= 16, "a label has 1 to 16 characters")
        demand(len(control.get(0x5F2D, b"  ")) % 2 == 0, "a language has two letters")
        if 0x9F12 in control:
            demand(0x9F11 in control, "a preferred name needs the table of its characters")
        self.card.update(control)
        return control

    def start(self) -> None:
        """GET PROCESSING OPTIONS and the records of the AFL (Book 3, 10.1 and 10.2)."""
        values = filled(self.card.get(0x9F38, b""), self.terminal)
        self.sent = values
        data = ask(self.transmit, case_4("80A80000", b"\x83" + bytes((len(values),)) + values))
        tag, body = flat(data)[0]
        if tag == 0x80:
            self._take([(0x82, body[:2]), (0x94, body[2:])])
        else:
            demand(tag == 0x77, "the processing options are in no format of the books")
            self._take(flat(body))
        self._static = b""
        self._read(self.card.get(0x94, b""))
        if 0x9F4A in self.card:
            demand(self.card[0x9F4A] == b"\x82", "the tag list has another tag than AIP")
            self._static += self.card[0x82]

    def prove(self) -> Key | None:
        """SDA, or the card's key, by which CDA is checked, and DDA on contact."""
        offered = self.card[0x82][0]
        if not offered & 0x61:
            return None
        key = self._issuer_key()
        if not offered & 0x21:
            demand(len(proofs.static_code(key, self.card[0x93], self._static)) == 2, "the code has two bytes")
            return None
        certificate = self.card[0x9F46], self.card[0x9F47], self.card.get(0x9F48, b"")
        icc = proofs.icc_key(key, *certificate, self.card[0x5A], self._static)
        if offered & 0x20 and 0x8D in self.card:
            self._dda(icc)
        return icc

    def pin_key(self) -> Key:
        """The key that enciphers a PIN (Book 2, 7.1)."""
        certificate = self.card[0x9F2D], self.card[0x9F2E], self.card.get(0x9F2F, b"")
        return proofs.icc_key(self._issuer_key(), *certificate, self.card[0x5A], b"")

    def fast_dda(self, icc: Key) -> None:
        """The signature of a tap of kernel 3, with 9F69 out of the last record (Book C-3, annex C)."""
        demand(list(self.card)[-1] == 0x9F69, "9F69 is not in the last record")
        authentication = self.card[0x9F69]
        demand(authentication[0] == 1 and authentication[5:] == self.card[0x9F6C], "9F69 has other wishes")
        covered = b"".join(self.terminal[tag] for tag in (0x9F37, 0x9F02, 0x5F2A)) + authentication
        proof = proofs.dynamic(icc, self.card[0x9F4B], covered)
        demand(proof.number == self.card[0x9F36], "the dynamic number is not the counter")
        demand(not proof.rest, "fast DDA signs the counter alone")

    def generate(self, kind: int, icc: Key | None = None, *, last: bool = False) -> int:
        """GENERATE AC, with a combined signature where there is a key for it; which kind of cryptogram came (Book 3, 6.5.5)."""
        values = filled(self.card[0x8D if last else 0x8C], self.terminal)
        self.sent += values
        combine = _CDA if icc is not None and kind != AAC else 0
        data = ask(self.transmit, case_4(f"80AE{kind | combine:02X}00", values))
        tag, body = flat(data)[0]
        if tag == 0x80:
            answer: Objects = [(0x9F27, body[:1]), (0x9F36, body[1:3]), (0x9F26, body[3:11])]
            answer += [(0x9F10, body[11:])] if body[11:] else []
        else:
            demand(tag == 0x77, "the answer to GENERATE AC is in no format of the books")
            answer = flat(body)
        came = dict(answer)
        got = came[0x9F27][0] & 0xC0
        demand(_RANKS.index(got) <= _RANKS.index(kind), "the card answers higher than it was asked")
        if combine and got != AAC:
            demand(tag == 0x77 and 0x9F26 not in came, "a combined answer shows its cryptogram")
            came[0x9F26] = proofs.combined(icc or Key(0, 0, 0), answer, self.sent, self.terminal[0x9F37])
        else:
            demand(0x9F4B not in came, "an answer is signed that was not asked for so")
        self.card.update(came)
        self.check_cryptogram()
        return got

    def check_cryptogram(self) -> None:
        """The card's cryptogram is the one that the issuer makes."""
        demand(
            issuer.expected(self.card, self.terminal).cryptogram == self.card[0x9F26],
            "the issuer makes another cryptogram",
        )

    def encipher(self, pin: str) -> bytes:
        """The data of VERIFY for an enciphered PIN, with a challenge of the card (Book 2, 7.2)."""
        key = self.pin_key()
        challenge = ask(self.transmit, "0084000000")
        demand(len(challenge) == 8, "a challenge has 8 bytes")
        block = bytes.fromhex(f"2{len(pin):X}{pin}".ljust(16, "F"))
        plain = (b"\x7f" + block + challenge).ljust(key.size, b"\x5a")
        return pow(int.from_bytes(plain), key.exponent, key.modulus).to_bytes(key.size)

    def approve(self) -> None:
        """The issuer's approval: by EXTERNAL AUTHENTICATE where the AIP says so, else for the CDOL2 (Book 3, 10.9)."""
        answer = issuer.expected(self.card, self.terminal).authentication
        self.terminal[0x91] = answer.ljust(self._wanted(0x91), b"\0")
        if self.card[0x82][0] & 0x04:
            command = b"\x00\x82\x00\x00" + bytes((len(answer),)) + answer
            _, sw = exchange(self.transmit, command)
            demand(sw == OK, f"the card refuses the issuer's answer with {sw:04X}")
            _, sw = exchange(self.transmit, command)
            demand(sw == 0x6985, "EXTERNAL AUTHENTICATE works once")

    def _wanted(self, tag: int) -> int:
        return dict(entries(self.card.get(0x8D, b""))).get(tag, 0)

    def _issuer_key(self) -> Key:
        return proofs.issuer_key(self.authorities[self.aid[:5], self.card[0x8F][0]], self.card)

    def _control(self, name: bytes) -> dict[int, bytes]:
        """The proprietary template of the answer to SELECT."""
        information = once(flat(one(ask(self.transmit, case_4("00A40400", name)), 0x6F)))
        demand(set(information) == {0x84, 0xA5}, "control information is 84 and A5")
        demand(information[0x84] == name, "another application answers")
        return once(flat(information[0xA5]))

    def _ordered(self, listed: Objects) -> list[bytes]:
        found = []
        for tag, value in listed:
            demand(tag == 0x61, "a directory has entries and nothing else")
            entry = once(flat(value))
            demand(5 <= len(entry[0x4F]) <= 16, "an application's name has 5 to 16 bytes")
            demand(1 <= len(entry[0x50]) <= 16, "a label has 1 to 16 characters")
            found.append((entry.get(0x87, b"\0")[0] & 0x0F or 16, entry[0x4F]))
        return [aid for _, aid in sorted(found, key=lambda one: one[0])]

    def _read(self, afl: bytes) -> None:
        demand(len(afl) % 4 == 0, "an AFL has entries of four bytes")
        for at in range(0, len(afl), 4):
            file, first, final, signed = afl[at : at + 4]
            demand(file & 7 == 0 and 1 <= file >> 3 <= 30, "an AFL names a file from 1 to 30")
            demand(1 <= first <= final and signed <= final - first + 1, "an AFL has a wrong range")
            for number in range(first, final + 1):
                data = ask(self.transmit, bytes((0x00, 0xB2, number, file | 4, 0)))
                body = one(data, 0x70)
                self._take(flat(body))
                if number < first + signed:
                    self._static += body if file >> 3 <= 10 else data
            absent = bytes((0x00, 0xB2, first, 30 << 3 | 4, 0))
            demand(exchange(self.transmit, absent)[1] == 0x6A82, "a file that is not there is 6A82")
            beyond = bytes((0x00, 0xB2, 0x7F, file | 4, 0))
            demand(exchange(self.transmit, beyond)[1] == 0x6A83, "a record that is not there is 6A83")

    def _take(self, found: Objects) -> None:
        for tag, value in found:
            demand(tag not in self.card, f"{tag:X} comes twice")
            self.card[tag] = value

    def _dda(self, icc: Key) -> None:
        """INTERNAL AUTHENTICATE over the DDOL (Book 2, 6.5)."""
        dol = self.card.get(0x9F49, bytes.fromhex("9F3704"))
        demand(0x9F37 in dict(entries(dol)), "a DDOL has the unpredictable number")
        values = filled(dol, self.terminal)
        tag, body = flat(ask(self.transmit, case_4("00880000", values)))[0]
        proofs.dynamic(icc, body if tag == 0x80 else dict(flat(body))[0x9F4B], values)


def complete(terminal: IndependentTerminal, *, kind: int = ARQC) -> list[str]:
    """A whole contact payment; what happened, by name. Raises `CardFault`."""
    happened = []
    icc = terminal.prove()
    offered = terminal.card[0x82][0]
    signs = icc if offered & 0x01 else None
    happened += ["sda"] * bool(offered & 0x40) + ["dda"] * bool(offered & 0x20) + ["cda"] * bool(signs)
    for tag in _MANDATORY:
        demand(tag in terminal.card, f"{tag:X} is missing")
    first = terminal.generate(kind, signs)
    happened.append({AAC: "AAC", TC: "TC", ARQC: "ARQC"}[first])
    if first == ARQC:
        terminal.approve()
        last = terminal.generate(TC, signs, last=True)
        happened.append({AAC: "AAC", TC: "TC"}[last])
    return happened
