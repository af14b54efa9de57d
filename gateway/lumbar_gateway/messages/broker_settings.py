"""How to reach the broker, from the environment: the same words for every program."""

from __future__ import annotations

from pathlib import Path
from typing import Self

from pydantic import Field, SecretStr, model_validator
from pydantic_settings import BaseSettings

from lumbar_gateway.messages.broker import BrokerAddress, Tls

PLAIN_PORT, TLS_PORT = 1883, 8883  # as registered with IANA


class BrokerSettings(BaseSettings):
    """The ``BROKER_...`` variables; a program's own settings build on this and give the prefix."""

    broker_host: str = "127.0.0.1"
    broker_port: int | None = Field(
        None, ge=1, le=65535, description="1883 where left out, with TLS 8883"
    )
    broker_username: str | None = None
    broker_password: SecretStr | None = None
    broker_tls: bool = Field(False, description="Also on where one of the three files is named")
    broker_ca_file: Path | None = Field(None, description="The system's CAs where left out")
    broker_certificate_file: Path | None = None
    broker_key_file: Path | None = None

    @model_validator(mode="after")
    def _check_pair(self) -> Self:
        if (self.broker_certificate_file is None) != (self.broker_key_file is None):
            raise ValueError("BROKER_CERTIFICATE_FILE and BROKER_KEY_FILE need each other")
        return self

    @property
    def broker(self) -> BrokerAddress:
        """The broker's address with the account to use."""
        secret = self.broker_password
        tls = self._tls
        return BrokerAddress(
            self.broker_host,
            self.broker_port or (TLS_PORT if tls else PLAIN_PORT),
            self.broker_username,
            None if secret is None else secret.get_secret_value(),
            tls,
        )

    @property
    def _tls(self) -> Tls | None:
        files = (self.broker_ca_file, self.broker_certificate_file, self.broker_key_file)
        return Tls(*files) if self.broker_tls or any(files) else None
