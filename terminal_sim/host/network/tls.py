"""TLS 1.2 or newer for both ends of a host link; a certificate that is not trusted ends the connection."""

from __future__ import annotations

import ssl
from pathlib import Path

from terminal_sim.errors import BenchMisuse
from terminal_sim.host.network.address import HostAddress, TlsFiles


def client_context(address: HostAddress) -> ssl.SSLContext | None:
    """What the terminal's end needs, None for a connection in clear. Raises `BenchMisuse` with the file and what is wrong with it."""
    if address.tls is None:
        return None
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    if address.tls.ca is None:
        context.load_default_certs()
    else:
        _trust(context, address.tls.ca)
    _identify(context, address.tls)
    return context


def server_context(address: HostAddress) -> ssl.SSLContext | None:
    """What the acquirer's end needs; with `ca` it takes those terminals only that show a certificate of it. Raises `BenchMisuse`."""
    if address.tls is None:
        return None
    if address.tls.certificate is None:
        raise BenchMisuse(f"{address}: to serve TLS takes ?certificate=FILE&key=FILE")
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    _identify(context, address.tls)
    if address.tls.ca is not None:
        _trust(context, address.tls.ca)
        context.verify_mode = ssl.CERT_REQUIRED
    return context


def _trust(context: ssl.SSLContext, ca: Path) -> None:
    try:
        context.load_verify_locations(ca)
    except OSError as wrong:  # `ssl.SSLError` among them
        raise BenchMisuse(f"{ca}: no certificates can be read: {wrong.strerror or wrong}") from None


def _identify(context: ssl.SSLContext, files: TlsFiles) -> None:
    if files.certificate is None:
        return
    try:
        context.load_cert_chain(files.certificate, files.key)
    except OSError as wrong:
        raise BenchMisuse(
            f"{files.certificate} and {files.key}: no certificate with its key: {wrong.strerror or wrong}"
        ) from None
