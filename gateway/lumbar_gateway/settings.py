"""The gateway's settings, from the environment (``LUMBAR_GATEWAY_...``)."""

from __future__ import annotations

from pathlib import Path

from pydantic import Field
from pydantic_settings import SettingsConfigDict

from lumbar_gateway.messages.broker_settings import BrokerSettings


class GatewaySettings(BrokerSettings):
    """Read once, by the program that starts the gateway."""

    model_config = SettingsConfigDict(env_prefix="LUMBAR_GATEWAY_")

    spool_path: Path = Path("lumbar-data/spool.db")
    spool_limit_bytes: int = Field(default=4 * 2**30, ge=2**20)
    gateway_id: str = Field(default="gateway", pattern=r"^[A-Za-z0-9._-]{1,64}$")
    metrics_port: int | None = Field(
        None, ge=0, le=65535, description="Of loopback, for Prometheus; nowhere where left out"
    )
