"""What libdoc says of the library as a whole, in the markup of Robot Framework."""

INTRODUCTION = """Virtual payment terminals: keypads, screens, cards, an acquirer and a journal, without the terminal.

The keywords are the words of terminal-sim's script language, ``.keys``: what a line of a script does, the keyword of its words does.

| *** Settings ***
| Library    TerminalSim    profile=v400m    locale=en-CA
|
| *** Test Cases ***
| A chip sale
|     Press    OK    1250    OK
|     Insert    visa-credit
|     Expect Screen    Approved
|     Expect Receipt    12.50    copy=merchant
|     Expect Journal    sale    state=COMPLETED    count=1

Expectations wait by themselves, in virtual time: 30 s unless ``within`` says otherwise. Nothing sleeps.

A selector is visible text, ``/a pattern/`` or ``id:present-card``.

``${card.pin}``, ``${card.pan}``, ``${card.cvc}``, ``${card.expiry}`` and ``${card.last4}`` are those of the card that was presented last, ``${passcode.admin}`` is
a passcode of the terminal. All but the last four digits are secrets, which no log shows.
"""

ARGUMENTS = """``profile`` is the name of a terminal, or a .toml file; ``terminal-sim profiles list`` has the names.

``locale`` is its language, ``reader`` the address of a real reader, ``seed`` that of everything random, ``pack`` the acquirer's amount pack, ``cards`` a folder of
further cards, ``clock`` the time at which it begins. ``scope`` says whether each test has a fresh terminal (``TEST``) or the tests of a suite file share one (``SUITE``).

Pictures of `Screenshot` stand in ``pictures/`` beside the suite file, or in ``pictures_dir``; ``update_pictures`` stores them, and so does
``robot --variable UPDATE_PICTURES:yes``.

Everything else is an option of the profile by its dotted key: ``offline.allowed=true``.
"""
