*** Settings ***
Library    TerminalSim    scope=SUITE    AS    Till

*** Test Cases ***
A payment begins in one test
    Press    OK    1500
    Expect Screen    15.00

And ends in the next
    Press    OK
    Insert    visa-credit
    Expect Receipt    15.00
