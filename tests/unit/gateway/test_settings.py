"""The gateway's settings from the environment."""

from pathlib import Path

import pytest
from pydantic import ValidationError

from lumbar_gateway.messages import BrokerAddress
from lumbar_gateway.settings import GatewaySettings
from lumbar_gateway.spool import DEFAULT_LIMIT_BYTES


def test_environment_is_read(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LUMBAR_GATEWAY_BROKER_HOST", "broker.example")
    monkeypatch.setenv("LUMBAR_GATEWAY_BROKER_PORT", "8883")
    monkeypatch.setenv("LUMBAR_GATEWAY_BROKER_USERNAME", "house")
    monkeypatch.setenv("LUMBAR_GATEWAY_BROKER_PASSWORD", "secret")
    monkeypatch.setenv("LUMBAR_GATEWAY_SPOOL_PATH", "somewhere/spool.db")
    settings = GatewaySettings()
    assert settings.broker == BrokerAddress("broker.example", 8883, "house", "secret")
    assert settings.spool_path == Path("somewhere/spool.db")
    assert "secret" not in repr(settings)


def test_defaults_suit_one_household() -> None:
    settings = GatewaySettings()
    assert settings.broker == BrokerAddress("127.0.0.1", 1883)
    assert settings.spool_limit_bytes == DEFAULT_LIMIT_BYTES


@pytest.mark.parametrize("gateway_id", ["", "a/b", "#", "x" * 65])
def test_id_that_breaks_a_topic_is_refused(
    gateway_id: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LUMBAR_GATEWAY_GATEWAY_ID", gateway_id)
    with pytest.raises(ValidationError, match="gateway_id"):
        GatewaySettings()
