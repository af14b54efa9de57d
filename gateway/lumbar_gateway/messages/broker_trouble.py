"""Why a broker cannot be reached, in one line with what to do about it."""

from __future__ import annotations

import socket
import ssl

from lumbar_gateway.messages.broker import BrokerAddress

HUNG_UP = (
    "hangs up before it answers: is this the right port, and does it want TLS (BROKER_TLS), "
    "or a client certificate (BROKER_CERTIFICATE_FILE, BROKER_KEY_FILE) that it knows?"
)
# OpenSSL's verification codes (x509_vfy.h)
_NOT_YET_VALID, _EXPIRED = 9, 10
_OTHER_HOST, _OTHER_ADDRESS = 62, 64


def refusal(reason: str) -> str:
    """Say what the broker's own refusal means."""
    return f"refuses us ({reason}): check the user name and password"


def connection_trouble(broker: BrokerAddress, error: BaseException | None) -> str:
    """Say why no connection came about; ``error`` is what the attempt raised."""
    match error:
        case ssl.SSLCertVerificationError():
            return _certificate_trouble(broker, error)
        case ssl.SSLEOFError() | ConnectionResetError():
            return HUNG_UP
        case ssl.SSLError():
            why = (error.reason or "unknown").replace("_", " ").lower()
            return f"does not speak TLS with us ({why}): check that the port is its TLS port"
        case socket.gaierror():
            return f"{broker.host} is not a known host name: check BROKER_HOST and the network"
        case ConnectionRefusedError():
            return "nobody listens there: is it running?"
        case TimeoutError():
            return "no answer: check BROKER_HOST, and the firewalls on the way"
        case OSError():
            return f"{error.strerror or error}: check BROKER_HOST and the network"
    return "cannot be reached: is it running?"


def _certificate_trouble(broker: BrokerAddress, error: ssl.SSLCertVerificationError) -> str:
    if error.verify_code == _EXPIRED:
        return "its certificate has expired: have it renewed, and check this machine's clock"
    if error.verify_code == _NOT_YET_VALID:
        return "its certificate is not valid yet: check this machine's clock"
    if error.verify_code in (_OTHER_HOST, _OTHER_ADDRESS):
        return (
            f"its certificate is not for {broker.host}: write the name that it is for "
            "as BROKER_HOST, or have one made for this name"
        )
    believed = broker.tls.ca_file if broker.tls else None
    return (
        f"its certificate is signed by nobody in {believed or 'the system'} that we believe: "
        "let BROKER_CA_FILE name the broker's own CA"
    )
