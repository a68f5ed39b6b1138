"""ISO/IEC 7816 parts 3 and 4 as pure values and generators: answer to reset, APDU, T=0."""
