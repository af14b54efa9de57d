"""How to reach the broker, from the environment and from files."""

import ssl
from pathlib import Path

import pytest
from pydantic import ValidationError

from certificates import Authority
from lumbar_gateway.errors import TlsError
from lumbar_gateway.messages import BrokerAddress, Tls
from lumbar_gateway.settings import GatewaySettings


def settings(monkeypatch: pytest.MonkeyPatch, **variables: object) -> BrokerAddress:
    for name, value in variables.items():
        monkeypatch.setenv(f"LUMBAR_GATEWAY_BROKER_{name}", str(value))
    return GatewaySettings().broker


def test_plain_unless_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    assert settings(monkeypatch) == BrokerAddress("127.0.0.1", 1883)


def test_systems_authorities_and_the_port_of_tls_are_taken(monkeypatch: pytest.MonkeyPatch) -> None:
    assert settings(monkeypatch, TLS="true") == BrokerAddress("127.0.0.1", 8883, tls=Tls())


def test_naming_an_authority_is_asking_for_tls(monkeypatch: pytest.MonkeyPatch) -> None:
    address = settings(monkeypatch, CA_FILE="/ca.crt", PORT=8884)
    assert address == BrokerAddress("127.0.0.1", 8884, tls=Tls(Path("/ca.crt")))


def test_certificate_and_key_need_each_other(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(ValidationError, match="need each other"):
        settings(monkeypatch, KEY_FILE="/gym-1.key")
    address = settings(monkeypatch, CERTIFICATE_FILE="/gym-1.crt")
    assert address.tls == Tls(None, Path("/gym-1.crt"), Path("/gym-1.key"))


def test_context_checks_name_and_signature(tmp_path: Path) -> None:
    authority = Authority(tmp_path)
    keys = authority.issue("gym-1")
    context = Tls(authority.ca_file, keys.certificate, keys.key).context()
    assert context.check_hostname
    assert context.verify_mode is ssl.CERT_REQUIRED


def test_file_that_cannot_be_used_is_named(tmp_path: Path) -> None:
    authority = Authority(tmp_path)
    keys, other = authority.issue("gym-1"), authority.issue("gym-2")
    with pytest.raises(TlsError, match=r"nowhere\.crt: No such file"):
        Tls(tmp_path / "nowhere.crt").context()
    with pytest.raises(TlsError, match=r"gym-1\.key: holds no CA certificate"):
        Tls(keys.key).context()
    with pytest.raises(
        TlsError, match=r"gym-2\.key: need a certificate .* and its own private key"
    ):
        Tls(authority.ca_file, keys.certificate, other.key).context()


def test_encrypted_key_is_refused_without_asking_at_the_terminal(tmp_path: Path) -> None:
    authority = Authority(tmp_path)
    keys = authority.issue("gym-1", key_password=b"secret")
    with pytest.raises(TlsError, match=r"gym-1\.key: need .* not encrypted"):
        Tls(authority.ca_file, keys.certificate, keys.key).context()
