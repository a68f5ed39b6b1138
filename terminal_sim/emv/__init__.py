"""The EMV kernel, pure: the conversation with the terminal, the steps of a transaction, and the data they work on.

| room      | holds                                                                                     |
|-----------|-------------------------------------------------------------------------------------------|
| `kernels` | the contact and the contactless transaction, and the entry to both                        |
| `steps`   | one step of a transaction a file, and the state that the steps share                      |
| `keys`    | triple DES, application cryptograms, PIN blocks                                           |
| `data`    | TLV, data object lists, the data dictionary, tracks, card numbers, APDUs and their masking |
| `talk`    | the values of the conversation: configuration, request, asks, answers, outcome            |
"""
