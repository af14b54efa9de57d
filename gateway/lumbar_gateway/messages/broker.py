"""How to reach a broker."""

from __future__ import annotations

import ssl
from dataclasses import dataclass, field
from pathlib import Path

from lumbar_gateway.errors import TlsError


@dataclass(frozen=True, slots=True)
class Tls:
    """Whom to believe, and what to show, on an encrypted connection; all files are PEM."""

    ca_file: Path | None = None  # None: the authorities that the system believes
    certificate_file: Path | None = None  # of the client, where the broker wants one
    key_file: Path | None = None  # the certificate's private key, not encrypted

    def context(self) -> ssl.SSLContext:
        """Read the files; raises ``TlsError`` naming the one that cannot be used."""
        for path in (self.ca_file, self.certificate_file, self.key_file):
            _check_readable(path)
        try:
            context = ssl.create_default_context(cafile=self.ca_file)
        except ssl.SSLError:
            raise TlsError(f"{self.ca_file}: holds no CA certificate in PEM form") from None
        context.sslsocket_class = _ClosingSocket
        if self.certificate_file is not None:
            try:
                # Without a password of ours OpenSSL would ask for one at the terminal.
                context.load_cert_chain(self.certificate_file, self.key_file, password="")
            except ssl.SSLError:
                raise TlsError(
                    f"{self.certificate_file} and {self.key_file}: need a certificate in PEM form "
                    "and its own private key, not encrypted"
                ) from None
        return context


@dataclass(frozen=True, slots=True)
class BrokerAddress:
    """Host, port and the account to use; the password never shows in a log."""

    host: str
    port: int
    username: str | None = None
    password: str | None = field(default=None, repr=False)
    tls: Tls | None = None  # None: not encrypted


class _ClosingSocket(ssl.SSLSocket):
    """Closes itself where the handshake fails: paho forgets it then."""

    def do_handshake(self, block: bool = False) -> None:
        try:
            super().do_handshake(block)
        except BaseException:
            self.close()
            raise


def _check_readable(path: Path | None) -> None:
    if path is None:
        return
    try:
        path.open("rb").close()
    except OSError as error:
        raise TlsError(f"{path}: {error.strerror}: check the BROKER_..._FILE settings") from None
