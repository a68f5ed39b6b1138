"""ISO 8583 both ways: `HostRequest` and `HostReply` to bytes and back, with the layout as data.

Rules:
1. Pure, bounded and strict: what is not of this dialect raises `MessageError` and nothing else, in both directions.
2. What one side encodes the other decodes to an equal value (`at` to the second, track 2 with `=`).
3. No message of an error ever quotes a field's content: it may be a card number.

The dialect is ISO 8583:1987 (message types, DE 25, DE 90) with the date of :1993 in DE 12, because the year tells the
same trace number of two days apart. Numbers and lengths are packed BCD: a packed length cannot be signed or padded
with white space, which the library's text lengths can.

| DE | what                          | form      | request | reply | value                                                |
|----|-------------------------------|-----------|---------|-------|------------------------------------------------------|
| 2  | card number                   | n..19     | maybe   |       |                                                      |
| 3  | processing code               | n6        | yes     |       | the kind's two digits and 0000; a reversal carries its original's |
| 4  | amount                        | n12       | yes     | yes   | minor units; a reply repeats the amount asked for    |
| 7  | transmission date and time    | n10       | yes     |       | MMDDhhmmss, equal to DE 12 without the year          |
| 11 | trace number (STAN)           | n6        | yes     | yes   | 000001 to 999999                                     |
| 12 | local date and time           | n12       | yes     |       | YYMMDDhhmmss of 2000 to 2099                         |
| 14 | expiry                        | n4        | maybe   |       | YYMM                                                 |
| 22 | entry mode                    | n3        | yes     |       | 051 chip, 071 contactless, 901 stripe, 801 stripe for a chip that cannot be read, 011 keyed |
| 23 | card sequence number          | n3        | maybe   |       |                                                      |
| 25 | condition                     | n2        | yes     |       | 08 mail or telephone (of this payment or of the original), else 00 |
| 35 | track 2                       | z..37     | maybe   |       | `D` on the wire, `=` in the value                    |
| 37 | host reference                | an12      |         | maybe |                                                      |
| 38 | authorization code            | an6       |         | maybe |                                                      |
| 39 | response code                 | an2       |         | yes   | 00 approved, 10 partial approval                     |
| 41 | terminal                      | ans8      | yes     | yes   | 1 to 8 characters, filled with spaces on the right   |
| 42 | merchant                      | ans15     | yes     |       | likewise                                             |
| 44 | address check                 | an1       |         | maybe | Y match, Z postal-only, A street-only, N no-match, U unknown |
| 48 | private data                  | b..255    | yes     | maybe | tag, length, value of one, one and n bytes: see `PrivateTag` |
| 49 | currency                      | n3        | yes     | yes   | ISO 4217 number                                      |
| 52 | PIN block                     | b8        | maybe   |       | enciphered                                           |
| 54 | amount of a partial approval  | ans20     |         | maybe | account 00, type 10, currency, C, n12                |
| 55 | ICC data                      | b..255    | maybe   | maybe | BER-TLV, carried as it is                            |
| 56 | message reason                | n4        | maybe   |       | 4000, 4017, 4021 (ISO 8583:1993 DE 25)               |
| 90 | original data elements        | n42       | maybe   |       | message type, trace number, zeros; its reference is in DE 48 |

Kinds of one message type are told apart by DE 3 and DE 25: void and reversal are both 0400, and no reversal carries the processing
code 02, since a void is repeated until it is answered and never reversed. DE 90 tells the message type of an original only: where
several kinds have it and the condition, the first of the table of kinds is meant, and another writes its processing code into DE 48.
"""
