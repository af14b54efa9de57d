"""Settings of the server's programs, from ``LUMBAR_SERVER_...`` in the environment."""

from __future__ import annotations

import re
from typing import Annotated

from pydantic import Field, field_validator
from pydantic_settings import NoDecode, SettingsConfigDict

from lumbar_gateway.messages.broker_settings import BrokerSettings
from lumbar_server.retention import Retention

IMPORT_LIMIT_BYTES = 4 * 2**30
"""Chosen: 250 hours of samples at 100 Hz are 1 GB."""


class ServerSettings(BrokerSettings):
    """Where the database and the broker are, and which part of the work is ours."""

    model_config = SettingsConfigDict(env_prefix="LUMBAR_SERVER_", extra="forbid")

    database_url: str = Field("sqlite:///lumbar.db", description="SQLite or PostgreSQL")
    worker_id: str = Field(
        "worker",
        pattern=r"^[A-Za-z0-9_-]{1,40}$",
        description="Names the worker's queue at the broker; different for each worker",
    )
    shards: Annotated[tuple[str, ...], NoDecode] = Field(
        ("+",), description="All (+), or shards and ranges of them, such as 00-7f,c0"
    )
    keep_raw_days: float | None = Field(
        None, ge=1, le=36_500, description="Older samples are deleted; kept for good where left out"
    )
    max_database_bytes: int | None = Field(
        None, ge=10_000_000, description="Above it the oldest samples are deleted; results stay"
    )
    http_host: str = "127.0.0.1"
    http_names: Annotated[tuple[str, ...], NoDecode] = Field(
        (), description="Names of this server beside localhost, such as lumbar.example,pi.local"
    )
    http_port: int = Field(8000, ge=0, le=65535)
    import_limit_bytes: int = Field(
        IMPORT_LIMIT_BYTES, ge=0, description="Of a file that is imported over HTTP"
    )
    metrics_port: int | None = Field(
        None, ge=0, le=65535, description="Of loopback, for Prometheus; nowhere where left out"
    )

    @property
    def retention(self) -> Retention:
        """How long samples are kept."""
        return Retention(self.keep_raw_days, self.max_database_bytes)

    @field_validator("shards", mode="before")
    @classmethod
    def _read_shards(cls, value: object) -> object:
        return parse_shards(value) if isinstance(value, str) else value

    @field_validator("http_names", mode="before")
    @classmethod
    def _read_names(cls, value: object) -> object:
        return parse_names(value) if isinstance(value, str) else value


def parse_names(text: str) -> tuple[str, ...]:
    """Read a list of host names such as ``lumbar.example,pi.local``; raises ``ValueError``."""
    names = tuple(name.strip().lower() for name in text.split(",") if name.strip())
    for name in names:
        if not re.fullmatch(r"[a-z0-9]([a-z0-9.-]*[a-z0-9])?", name):
            raise ValueError(f"name {name!r}: write a host name without http:// and port")
    return names


def parse_shards(text: str) -> tuple[str, ...]:
    """Read a list of shards such as ``00-7f,c0``; raises ``ValueError``."""
    shards: list[str] = []
    for part in text.split(","):
        first, _, last = part.strip().partition("-")
        if first == "+":
            return ("+",)
        try:
            low, high = int(first, 16), int(last or first, 16)
        except ValueError:
            low, high = 1, 0
        if not 0 <= low <= high <= 0xFF:
            raise ValueError(f"shards {part!r}: use two hex digits, a range such as 00-7f, or +")
        shards += [f"{shard:02x}" for shard in range(low, high + 1)]
    return tuple(shards)
