"""The data dictionaries by which people read data: that of EMV Book 3, annex A, and what a contactless kernel adds or means otherwise.

The same tag means other things to other kernels (9F66 is the TTQ to kernel 3, and a map of track 2 to kernel 2). `tags.DICTIONARY` has
what this product's own steps check and use; the rest of annex A stands here, since a name is all that is needed of it. Sources:
Book 3, annex A; Book C-2, annex A; Book C-3, annex A; public Interac and Amex terminal data.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import Final

from terminal_sim.emv.data import tags
from terminal_sim.emv.data.tags import DICTIONARY, DataElement, DataFormat, DataSource

_CARD, _TERMINAL, _ISSUER = DataSource.CARD, DataSource.TERMINAL, DataSource.ISSUER
_N, _CN, _AN, _ANS, _B = DataFormat.N, DataFormat.CN, DataFormat.AN, DataFormat.ANS, DataFormat.B

MASTERCARD, VISA, AMEX, JCB, DISCOVER, UNIONPAY = 2, 3, 4, 5, 6, 7
KERNELS: Final = (0, MASTERCARD, VISA, AMEX, JCB, DISCOVER, UNIONPAY)
"""The kernels with a dictionary; 0 is a contact terminal."""

_TEMPLATES: Final = {
    tags.APPLICATION_TEMPLATE: "Application Template",
    tags.FCI: "File Control Information Template",
    tags.RECORD: "Record Template",
    tags.SCRIPT_BEFORE: "Issuer Script Template 1",
    tags.SCRIPT_AFTER: "Issuer Script Template 2",
    0x73: "Directory Discretionary Template",
    tags.RESPONSE_FORMAT_2: "Response Message Template Format 2",
    tags.FCI_PROPRIETARY: "FCI Proprietary Template",
    tags.FCI_DISCRETIONARY: "FCI Issuer Discretionary Data",
    0xBF0E: "Biometric Information Template",
}

_REST: Final = (
    DataElement(tags.RESPONSE_FORMAT_1, "Response Message Template Format 1", _CARD, _B, 0, 252),
    DataElement(tags.COMMAND_TEMPLATE, "Command Template", _TERMINAL, _B, 0, 252),
    DataElement(0x89, "Authorisation Code", _ISSUER, _ANS, 6, 6),
    DataElement(0x99, "Transaction PIN Data", _TERMINAL, _B, 0, 252, 0, True),
    DataElement(0x9D, "Directory Definition File Name", _CARD, _B, 5, 16, tags.APPLICATION_TEMPLATE),
    DataElement(0x5F50, "Issuer URL", _CARD, _ANS, 0, 252, tags.FCI_DISCRETIONARY),
    DataElement(0x5F53, "International Bank Account Number", _CARD, _B, 0, 34, tags.FCI_DISCRETIONARY, True),
    DataElement(0x5F54, "Bank Identifier Code", _CARD, _B, 8, 11, tags.FCI_DISCRETIONARY),
    DataElement(0x5F55, "Issuer Country Code (alpha 2)", _CARD, _AN, 2, 2, tags.FCI_DISCRETIONARY),
    DataElement(0x5F56, "Issuer Country Code (alpha 3)", _CARD, _AN, 3, 3, tags.FCI_DISCRETIONARY),
    DataElement(0x5F57, "Account Type", _TERMINAL, _N, 1, 1),
    DataElement(0x9F01, "Acquirer Identifier", _TERMINAL, _N, 6, 6),
    DataElement(0x9F0A, "Application Selection Registered Proprietary Data", _CARD, _B, 0, 252, 0x73),
    DataElement(
        0x9F0C, "Issuer Identification Number Extended", _CARD, _N, 3, 4, tags.FCI_DISCRETIONARY, True
    ),
    DataElement(0x9F1D, "Terminal Risk Management Data", _TERMINAL, _B, 1, 8),
    DataElement(0x9F1E, "Interface Device Serial Number", _TERMINAL, _AN, 8, 8),
    DataElement(0x9F22, "Certification Authority Public Key Index (terminal)", _TERMINAL, _B, 1, 1),
    DataElement(0x9F3A, "Amount, Reference Currency", _TERMINAL, _B, 4, 4),
    DataElement(0x9F3B, "Application Reference Currency", _CARD, _N, 2, 8, tags.RECORD),
    DataElement(0x9F3C, "Transaction Reference Currency Code", _TERMINAL, _N, 2, 2),
    DataElement(0x9F3D, "Transaction Reference Currency Exponent", _TERMINAL, _N, 1, 1),
    DataElement(0x9F43, "Application Reference Currency Exponent", _CARD, _N, 1, 4, tags.RECORD),
    DataElement(0x9F4E, "Merchant Name and Location", _TERMINAL, _ANS, 0, 252),
    DataElement(0x9F4F, "Log Format", _CARD, _B, 0, 252),
)
"""What annex A has besides `DICTIONARY`."""

_OF_KERNELS: Final[dict[int, tuple[DataElement, ...]]] = {
    MASTERCARD: (
        DataElement(0x9F50, "Offline Accumulator Balance", _CARD, _N, 6, 6),
        DataElement(0x9F51, "DRDOL", _CARD, _B, 0, 250, tags.RECORD),
        DataElement(0x9F5B, "DSDOL", _CARD, _B, 0, 250, tags.RECORD),
        DataElement(0x9F5D, "Application Capabilities Information", _CARD, _B, 3, 3, tags.FCI_DISCRETIONARY),
        DataElement(0x9F5E, "Data Storage Identifier", _CARD, _N, 8, 11, tags.FCI_DISCRETIONARY, True),
        DataElement(0x9F60, "CVC3 (track 1)", _CARD, _B, 2, 2, tags.RESPONSE_FORMAT_2),
        DataElement(0x9F61, "CVC3 (track 2)", _CARD, _B, 2, 2, tags.RESPONSE_FORMAT_2),
        DataElement(0x9F62, "Track 1 Bit Map for CVC3", _CARD, _B, 6, 6, tags.RECORD),
        DataElement(0x9F63, "Track 1 Bit Map for UN and ATC", _CARD, _B, 6, 6, tags.RECORD),
        DataElement(0x9F64, "Track 1 Number of ATC Digits", _CARD, _B, 1, 1, tags.RECORD),
        DataElement(0x9F65, "Track 2 Bit Map for CVC3", _CARD, _B, 2, 2, tags.RECORD),
        DataElement(0x9F66, "Track 2 Bit Map for UN and ATC", _CARD, _B, 2, 2, tags.RECORD),
        DataElement(0x9F67, "Track 2 Number of ATC Digits", _CARD, _B, 1, 1, tags.RECORD),
        DataElement(0x9F69, "UDOL", _CARD, _B, 0, 250, tags.RECORD),
        DataElement(0x9F6A, "Unpredictable Number (Numeric)", _TERMINAL, _N, 4, 4),
        DataElement(0x9F6B, "Track 2 Data", _CARD, _B, 0, 19, tags.RECORD, True),
        DataElement(0x9F6C, "Mag-stripe Application Version Number (card)", _CARD, _B, 2, 2, tags.RECORD),
        DataElement(0x9F6D, "Mag-stripe Application Version Number (reader)", _TERMINAL, _B, 2, 2),
        DataElement(0x9F6E, "Third Party Data", _CARD, _B, 5, 32, tags.FCI_DISCRETIONARY),
        DataElement(0x9F7C, "Merchant Custom Data", _TERMINAL, _B, 20, 20),
        DataElement(0x9F7E, "Mobile Support Indicator", _TERMINAL, _B, 1, 1),
        DataElement(0xDF4B, "POS Cardholder Interaction Information", _CARD, _B, 3, 3),
        DataElement(0xDF8117, "Card Data Input Capability", _TERMINAL, _B, 1, 1),
        DataElement(0xDF8118, "CVM Capability, CVM Required", _TERMINAL, _B, 1, 1),
        DataElement(0xDF8119, "CVM Capability, No CVM Required", _TERMINAL, _B, 1, 1),
        DataElement(0xDF811C, "Max Lifetime of Torn Transaction Log Record", _TERMINAL, _B, 2, 2),
        DataElement(0xDF811D, "Max Number of Torn Transaction Log Records", _TERMINAL, _B, 1, 1),
        DataElement(0xDF811F, "Security Capability", _TERMINAL, _B, 1, 1),
        DataElement(0xDF8120, "Terminal Action Code, Default", _TERMINAL, _B, 5, 5),
        DataElement(0xDF8121, "Terminal Action Code, Denial", _TERMINAL, _B, 5, 5),
        DataElement(0xDF8122, "Terminal Action Code, Online", _TERMINAL, _B, 5, 5),
        DataElement(0xDF8123, "Reader Contactless Floor Limit", _TERMINAL, _N, 6, 6),
        DataElement(0xDF8124, "Reader Contactless Transaction Limit (no on-device CVM)", _TERMINAL, _N, 6, 6),
        DataElement(0xDF8125, "Reader Contactless Transaction Limit (on-device CVM)", _TERMINAL, _N, 6, 6),
        DataElement(0xDF8126, "Reader CVM Required Limit", _TERMINAL, _N, 6, 6),
        DataElement(0xDF8129, "Outcome Parameter Set", _TERMINAL, _B, 8, 8),
        DataElement(0xDF8132, "Minimum Relay Resistance Grace Period", _TERMINAL, _B, 2, 2),
        DataElement(0xDF8133, "Maximum Relay Resistance Grace Period", _TERMINAL, _B, 2, 2),
        DataElement(
            0xDF8134, "Terminal Expected Transmission Time for Relay Resistance C-APDU", _TERMINAL, _B, 2, 2
        ),
        DataElement(
            0xDF8135, "Terminal Expected Transmission Time for Relay Resistance R-APDU", _TERMINAL, _B, 2, 2
        ),
        DataElement(0xDF8136, "Relay Resistance Accuracy Threshold", _TERMINAL, _B, 2, 2),
        DataElement(0xDF8137, "Relay Resistance Transmission Time Mismatch Threshold", _TERMINAL, _B, 1, 1),
    ),
    VISA: (
        DataElement(
            tags.APPLICATION_PROGRAM,
            "Application Program Identifier",
            _CARD,
            _B,
            1,
            16,
            tags.FCI_DISCRETIONARY,
        ),
        DataElement(0x9F5D, "Available Offline Spending Amount", _CARD, _N, 6, 6, tags.RESPONSE_FORMAT_2),
        DataElement(0x9F7C, "Customer Exclusive Data", _CARD, _B, 0, 32, tags.RESPONSE_FORMAT_2, True),
    ),
    AMEX: (
        DataElement(0x9F6D, "Contactless Reader Capabilities", _TERMINAL, _B, 1, 1),
        DataElement(0x9F6E, "Enhanced Contactless Reader Capabilities", _TERMINAL, _B, 4, 4),
        DataElement(0x9F70, "Card Interface and Payment Capabilities", _CARD, _B, 2, 2),
    ),
}


@cache
def dictionary(kernel: int = 0) -> Mapping[int, DataElement]:
    """The data elements as the kernel means them, by tag. Raises `KeyError` for a kernel without a dictionary."""
    if kernel not in KERNELS:
        raise KeyError(kernel)
    known = {element.tag: element for element in _REST} | DICTIONARY
    return known | {element.tag: element for element in _OF_KERNELS.get(kernel, ())}


def name(tag: int, kernel: int = 0) -> str:
    """What `tag` is called, empty where no dictionary has it."""
    element = dictionary(kernel).get(tag)
    return element.name if element is not None else _TEMPLATES.get(tag, "")
