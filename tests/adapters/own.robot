*** Settings ***
Library    TerminalSim    profile=v400m    locale=fr-CA    offline.allowed=true

*** Test Cases ***
A secret is in no log
    Press    OK    1000    OK
    Insert    mastercard-pin
    Expect Screen    id:enter-pin
    Press    ${card.pin}
    Log    the PIN is ${card.pin}, the card ends in ${card.last4}
    Press    OK
    Expect Screen    Approuvé

A terminal of another language
    New Terminal    s1f2    en-CA
    Expect Screen    Transactions

A failure of another library shows the screen, too
    Press    OK    77
    Should Be Equal    one    two

What is captured is returned and kept
    Press    OK    1234    OK
    Insert    visa-credit
    Expect Screen    id:approved
    ${found} =    Capture    stan    /stan=(\\d+)/    from=host
    Should Be Equal    ${found}    ${stan}
    Should Match Regexp    ${stan}    ^\\d+$

Times are written as Robot Framework writes them
    Wait    1 minute 30 seconds
    Expect Screen    id:home

A card that nobody has presented has no PIN
    Run Keyword And Expect Error    *once it is presented*    Log    ${card.pin}

A passcode is a secret of the terminal
    New Terminal    v400m    en-CA
    Press    8    OK
    Expect Screen    Enter passcode
    Press    ${passcode.admin}    OK
    Expect Screen    Moto payment

The screen and the receipt are texts
    Press    OK    4711    OK
    ${screen} =    Get Screen
    Should Contain    ${screen}    47,11
    Run Keyword And Expect Error    V400m has no display 'customer'*    Get Screen    customer
    Insert    visa-credit
    Expect Screen    id:approved
    ${paper} =    Get Receipt    merchant
    Should Contain    ${paper}    47,11
