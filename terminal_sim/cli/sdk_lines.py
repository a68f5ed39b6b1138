"""The lines that point a vendor's library at what is served here."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit

_TERMINAL_PORT = 8443  # the only one to which Adyen's Java library goes


def sdk_lines(about: Mapping[str, Any]) -> dict[str, str]:
    """By the name of the library, those for what `about` of a served interface says."""
    if "square" in about:
        url, token = about["square"], about["token"]
        return {
            "Python": f'Square(token=open("{token}").read().strip(), base_url="{url}")',
            "Node": f'new SquareClient({{ token: fs.readFileSync("{token}", "ascii").trim(), baseUrl: "{url}" }})',
            "curl": f'-H "Authorization: Bearer $(cat {token})" {url}/v2/terminals/checkouts/...',
        }
    if "cloud" in about:
        url, ca = about["cloud"], about["ca"]
        return {
            "Node": f'client.config.terminalApiCloudEndpoint = "{url}", and NODE_EXTRA_CA_CERTS={ca}',
            "Python": f'adyen.client.call_adyen_api(request, "terminal", "POST", "{url}/sync"), and SSL_CERT_FILE={ca} REQUESTS_CA_BUNDLE={ca}',
            "curl": f'-H "X-API-Key: $(cat {about["key"]})" --cacert {ca} {url}/sync',
        }
    url, trust = about["url"], authority_lines(about["ca"])
    place = urlsplit(url)
    lines = {
        "Node": f'{trust["Node"]}; api.localRequest.endpoint = "{url}"',
        ".NET": f'config.LocalTerminalApiEndpoint = "{url}"; {trust[".NET"]}',
    }
    if place.port == _TERMINAL_PORT:
        lines["Java"] = f'config.setTerminalApiLocalEndpoint("https://{place.hostname}"); {trust["Java"]}'
    return lines | {"curl": f"{trust['curl']} {url}"}


def authority_lines(ca: str) -> dict[str, str]:
    """How each library is told to trust the authority in the file `ca`."""
    return {
        "Node": f'client.config.certificatePath = "{ca}"',
        "Java": f'config.setTerminalCertificate("{ca}")',
        ".NET": f"{ca} in the trusted roots of the operating system",
        "Python": f'ssl.create_default_context(cafile="{ca}")',
        "curl": f"--cacert {ca}",
    }
