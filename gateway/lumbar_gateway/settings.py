"""The gateway's settings, from the environment (``LUMBAR_GATEWAY_...``)."""

from __future__ import annotations

from pathlib import Path

from pydantic import Field, SecretStr
from pydantic_settings import BaseSettings, SettingsConfigDict

from lumbar_gateway.messages import BrokerAddress


class GatewaySettings(BaseSettings):
    """Read once, by the program that starts the gateway."""

    model_config = SettingsConfigDict(env_prefix="LUMBAR_GATEWAY_")

    spool_path: Path = Path("lumbar-data/spool.db")
    spool_limit_bytes: int = Field(default=4 * 2**30, ge=2**20)
    gateway_id: str = Field(default="gateway", pattern=r"^[A-Za-z0-9._-]{1,64}$")
    broker_host: str = "127.0.0.1"
    broker_port: int = Field(default=1883, ge=1, le=65535)
    broker_username: str | None = None
    broker_password: SecretStr | None = None

    @property
    def broker(self) -> BrokerAddress:
        """The broker's address with the account to use."""
        secret = self.broker_password
        password = None if secret is None else secret.get_secret_value()
        return BrokerAddress(self.broker_host, self.broker_port, self.broker_username, password)
