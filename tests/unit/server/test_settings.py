"""Settings from the environment."""

import pytest
from pydantic import ValidationError

from lumbar_server.retention import KEPT_FOR_GOOD, Retention
from lumbar_server.settings import ServerSettings, parse_shards


def test_settings_come_from_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LUMBAR_SERVER_DATABASE_URL", "postgresql://db/lumbar")
    monkeypatch.setenv("LUMBAR_SERVER_BROKER_PASSWORD", "secret")
    monkeypatch.setenv("LUMBAR_SERVER_SHARDS", "00-02,c0")
    settings = ServerSettings()
    assert settings.database_url == "postgresql://db/lumbar"
    assert settings.shards == ("00", "01", "02", "c0")
    assert settings.broker.password == "secret"
    assert "secret" not in repr(settings)
    assert "secret" not in repr(settings.broker)


def test_all_shards_unless_told_otherwise() -> None:
    assert ServerSettings().shards == ("+",)
    assert parse_shards("+") == ("+",)
    assert len(parse_shards("00-ff")) == 256


def test_samples_are_kept_for_good_unless_told_otherwise(monkeypatch: pytest.MonkeyPatch) -> None:
    assert ServerSettings().retention == KEPT_FOR_GOOD
    monkeypatch.setenv("LUMBAR_SERVER_KEEP_RAW_DAYS", "30")
    monkeypatch.setenv("LUMBAR_SERVER_MAX_DATABASE_BYTES", "5000000000")
    assert ServerSettings().retention == Retention(30.0, 5_000_000_000)
    monkeypatch.setenv("LUMBAR_SERVER_KEEP_RAW_DAYS", "0")
    with pytest.raises(ValidationError):
        ServerSettings()


@pytest.mark.parametrize("text", ["", "zz", "7f-00", "100", "00-1ff", "-1"])
def test_senseless_shards_are_refused(text: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LUMBAR_SERVER_SHARDS", text)
    with pytest.raises(ValidationError, match="two hex digits"):
        ServerSettings()


def test_names_are_read_as_browsers_write_them(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LUMBAR_SERVER_HTTP_NAMES", "Lumbar.example, pi.local")
    assert ServerSettings().http_names == ("lumbar.example", "pi.local")


@pytest.mark.parametrize("text", ["http://pi.local", "pi.local:8000", "*", "-a"])
def test_what_is_no_name_is_refused(text: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LUMBAR_SERVER_HTTP_NAMES", text)
    with pytest.raises(ValidationError, match="without http:// and port"):
        ServerSettings()
