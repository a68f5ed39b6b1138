"""What a point of sale writes for a person or for paper, as the terminal asks, prints and shows it, and a person's answer as the protocol has it.

Raises `NotServed` for what the terminal has nothing for.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from terminal_sim.core.device_request import (
    Confirmation,
    DisplayRequest,
    Given,
    InputRequest,
    MenuChoice,
    PrintedDocument,
    PrintRequest,
    Question,
    TypedAnswer,
    Typing,
)
from terminal_sim.core.receipt import Centred, Pair, ReceiptLine, Ruler, Side, Written
from terminal_sim.core.screen import QrCode
from terminal_sim.pos.adyen.messages.common import DisplayOutput, OutputContent, OutputText, PrintOutput
from terminal_sim.pos.adyen.messages.refusals import UNSERVED, NotServed, RequestFailure
from terminal_sim.pos.adyen.messages.requests import InputData, NexoInputRequest
from terminal_sim.pos.adyen.messages.responses import NexoInput
from terminal_sim.pos.adyen.messages.values import (
    Alignment,
    CharacterStyle,
    ErrorCondition,
    InputCommand,
    OutputFormat,
)

_SECOND = 1_000_000
_LONGEST = 40  # characters of what is typed, where the request does not say it
_DECIMALS = 2
_MOST_ENTRIES = 15
_MOST_SHOWN = 1_000  # characters that a screen takes
_MOST_PRINTED = 10_000  # characters of one paper
_MOST_CODED = 2_953  # bytes in a QR code (ISO/IEC 18004, version 40-L)
_TYPED = {
    InputCommand.TEXT_STRING: Typing.TEXT,
    InputCommand.DIGIT_STRING: Typing.DIGITS,
    InputCommand.DECIMAL_STRING: Typing.DECIMAL,
}
_QR = "QRCode"
_TOO_LONG = RequestFailure(ErrorCondition.NOT_ALLOWED, "That is more than the terminal has room for")
IDLE = "Idle"
"""The reference of the screen that is there when nothing is shown."""


def asked_input(id: str, request: NexoInputRequest) -> InputRequest:  # noqa: A002 - the request's own word
    """The question: the first text is its title, the others stand below; the last two of a confirmation are its buttons."""
    wanted, output = request.input_data, request.display_output
    reference = _reference(output.output_content) if output is not None else ""
    if reference == "GetSignature":
        raise NotServed(RequestFailure(ErrorCondition.UNAVAILABLE_SERVICE, "Nobody can sign on this screen"))
    texts = [piece.text for piece in (output.output_content.output_text or ())] if output is not None else []
    entries = (output.menu_entry or []) if output is not None else []
    _require_short(
        [*texts, *(piece.text for entry in entries for piece in entry.output_text or ())], _MOST_SHOWN
    )
    question, words = _question(wanted, output, texts)
    return InputRequest(
        id=id,
        question=question,
        title=words[0] if words else "",
        lines=tuple(words[1:]),
        within=(wanted.max_input_time or 0) * _SECOND,
    )


def _question(
    wanted: InputData, output: DisplayOutput | None, texts: list[str]
) -> tuple[Question, list[str]]:
    """The question, and the texts that are no button of it."""
    command = wanted.input_command
    if command is InputCommand.GET_CONFIRMATION:
        if len(texts) >= 4:
            return Confirmation(no=texts[2], yes=texts[3]), texts[:2]
        return Confirmation(), texts
    if command is InputCommand.GET_MENU_ENTRY:
        return _menu(wanted, output), texts
    if command not in _TYPED:
        raise NotServed(UNSERVED)
    shortest, longest = wanted.min_length or 0, wanted.max_length or _LONGEST
    if shortest > longest:
        raise NotServed(_wrong("InputData", "MinLength", "Expected no more than MaxLength"))
    decimals = _DECIMALS if wanted.max_decimal_length is None else wanted.max_decimal_length
    typed = TypedAnswer(
        typing=_TYPED[command],
        shortest=shortest,
        longest=longest,
        decimals=decimals,
        begun=wanted.default_input_string or "",
        masked=bool(wanted.mask_characters_flag),
    )
    return typed, texts


def _menu(wanted: InputData, output: DisplayOutput | None) -> MenuChoice:
    """A menu, of which several entries may be chosen where the request says how many."""
    entries = (output.menu_entry if output is not None else None) or []
    if not entries:
        raise NotServed(_wrong("DisplayOutput", "MenuEntry", "Missing"))
    if len(entries) > _MOST_ENTRIES:
        raise NotServed(_wrong("DisplayOutput", "MenuEntry", f"Expected no more than {_MOST_ENTRIES}"))
    several = wanted.min_length is not None or wanted.max_length is not None
    chosen = tuple(place for place, entry in enumerate(entries) if entry.default_selected_flag)
    return MenuChoice(
        entries=tuple(" ".join(piece.text for piece in entry.output_text or ()) for entry in entries),
        several=several,
        fewest=wanted.min_length or 0,
        most=wanted.max_length or 0,
        chosen=chosen if several else (),
    )


def given_input(request: NexoInputRequest, question: Question, given: Given) -> NexoInput:
    """What a person has answered."""
    command = request.input_data.input_command
    if isinstance(given, bool):
        return NexoInput(input_command=command, confirmed_flag=given)
    if isinstance(given, tuple):
        entries = len(question.entries) if isinstance(question, MenuChoice) else 0
        marks = [int(place in given) for place in range(entries)]
        return NexoInput(input_command=command, menu_entry_number=marks)
    if command is InputCommand.DIGIT_STRING:
        return NexoInput(input_command=command, digit_input=given)
    return NexoInput(input_command=command, text_input=given)


def asked_display(id: str, outputs: Sequence[DisplayOutput]) -> DisplayRequest | None:  # noqa: A002
    """What the one screen is to show of all `outputs`; None where it is to show nothing of a point of sale's."""
    contents = [output.output_content for output in outputs]
    if all(_reference(content) == IDLE for content in contents):
        return None
    lines: list[str] = []
    code = ""
    for content in contents:
        if content.output_format is OutputFormat.BAR_CODE:
            code = _code(content)
        elif content.output_format is OutputFormat.XHTML:
            raise NotServed(UNSERVED)
        lines += ["".join(piece.text for piece in pieces) for pieces in _by_line(content.output_text or ())]
    _require_short(lines, _MOST_SHOWN)
    longest = max(output.minimum_display_time or 0 for output in outputs)
    return DisplayRequest(id=id, lines=tuple(lines), code=code, shown_for=longest * _SECOND)


def asked_print(id: str, output: PrintOutput) -> PrintRequest:  # noqa: A002
    """The paper. A piece at the right behind one that does not end its line stands at the end of that line."""
    content = output.output_content
    if content.output_format is OutputFormat.BAR_CODE:
        return PrintRequest(id=id, paper=PrintedDocument((QrCode("code", _code(content)),)))
    if content.output_format is not OutputFormat.TEXT:
        raise NotServed(
            RequestFailure(
                ErrorCondition.UNAVAILABLE_SERVICE, f"The terminal prints no {content.output_format.value}"
            )
        )
    _require_short([piece.text for piece in content.output_text or ()], _MOST_PRINTED)
    lines = tuple(_printed(pieces) for pieces in _by_line(content.output_text or ()))
    return PrintRequest(id=id, paper=PrintedDocument(lines))


def _by_line(pieces: Sequence[OutputText]) -> Iterator[list[OutputText]]:
    line: list[OutputText] = []
    for piece in pieces:
        line.append(piece)
        if piece.end_of_line_flag is not False:
            yield line
            line = []
    if line:
        yield line


def _printed(pieces: list[OutputText]) -> ReceiptLine:
    bold = any(piece.character_style is CharacterStyle.BOLD for piece in pieces)
    last = pieces[-1]
    if len(pieces) > 1 and last.alignment is Alignment.RIGHT:
        return Pair("".join(piece.text for piece in pieces[:-1]), last.text, bold)
    text = "".join(piece.text for piece in pieces)
    if not text.strip():
        return Ruler()
    if pieces[0].alignment is Alignment.CENTRED:
        return Centred(text, bold)
    return Written(text, Side.RIGHT if pieces[0].alignment is Alignment.RIGHT else Side.LEFT, bold)


def _code(content: OutputContent) -> str:
    """What the QR code of `content` says; other bar codes are none of ours."""
    barcode = content.output_barcode
    if barcode is None:
        raise NotServed(
            RequestFailure(ErrorCondition.MESSAGE_FORMAT, "At OutputContent, field OutputBarcode: Missing")
        )
    if barcode.barcode_type != _QR:
        raise NotServed(
            RequestFailure(
                ErrorCondition.UNAVAILABLE_SERVICE,
                f"The terminal has no bar code of the type {barcode.barcode_type}",
            )
        )
    if len(barcode.barcode_value.encode()) > _MOST_CODED:
        raise NotServed(_TOO_LONG)
    return barcode.barcode_value


def _require_short(texts: Sequence[str], most: int) -> None:
    if sum(map(len, texts)) > most:
        raise NotServed(_TOO_LONG)


def _reference(content: OutputContent) -> str:
    return content.predefined_content.reference_id if content.predefined_content is not None else ""


def _wrong(structure: str, field: str, what: str) -> RequestFailure:
    return RequestFailure(
        ErrorCondition.MESSAGE_FORMAT, f"At SaleToPOIRequest.InputRequest.{structure}, field {field}: {what}"
    )
