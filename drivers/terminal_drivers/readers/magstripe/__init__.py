"""Magnetic stripes (ISO/IEC 7811) and a serial head that reads them."""
