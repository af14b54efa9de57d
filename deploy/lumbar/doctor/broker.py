"""Whether the brokers that the environment names let us in, and let a gateway speak."""

from __future__ import annotations

import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from queue import Empty, SimpleQueue
from typing import TYPE_CHECKING, Any

from lumbar.doctor.finding import Finding, State
from lumbar.service_settings import gateway_settings, server_settings
from lumbar_gateway.errors import TlsError
from lumbar_gateway.messages import BrokerAddress, Topic
from lumbar_gateway.messages.broker_trouble import HUNG_UP, connection_trouble, refusal
from lumbar_gateway.messages.topics import said_by

if TYPE_CHECKING:
    import paho.mqtt.client as mqtt

_WAIT_S = 5.0


def check_brokers() -> Iterator[Finding]:
    """Connect as each program would."""
    configured = list(_configured())
    if not configured:
        said = "none set; lumbar up and lumbar demo bring their own"
        yield Finding("broker", State.NOTE, said)
    for part, broker, gateway_id in configured:
        trouble = broker_trouble(broker)
        if trouble is None and gateway_id is not None:
            trouble = speech_trouble(broker, gateway_id)
        place = f"{part}'s broker at {broker.host}:{broker.port}"
        if trouble is None:
            how = ", encrypted" if broker.tls else ""
            yield Finding("broker", State.OK, f"{place} answers{how}")
        else:
            where = f"(settings LUMBAR_{part.upper()}_...)"
            yield Finding("broker", State.FAILED, f"{place} {trouble} {where}")


def _configured() -> Iterator[tuple[str, BrokerAddress, str | None]]:
    gateway, server = gateway_settings(), server_settings()
    if any(name.startswith("broker_") for name in gateway.model_fields_set):
        yield "gateway", gateway.broker, gateway.gateway_id
    if any(name.startswith("broker_") for name in server.model_fields_set):
        yield "server", server.broker, None


def broker_trouble(broker: BrokerAddress) -> str | None:
    """Return why a broker lets nobody in, or None where it does."""
    answers: SimpleQueue[str | None] = SimpleQueue()

    def connected(_client: object, _data: object, _flags: object, code: Any, _more: Any) -> None:
        answers.put(refusal(str(code)) if code.is_failure else None)

    try:
        with _client(broker) as client:
            client.on_connect = connected
            client.on_disconnect = lambda *_: answers.put(HUNG_UP)
            client.connect(broker.host, broker.port)
            client.loop_start()
            return answers.get(timeout=_WAIT_S)
    except Empty:
        return f"gives no answer for {_WAIT_S:g} s: check BROKER_PORT, and the broker's log"
    except TlsError as error:
        return str(error)
    except OSError as error:
        return connection_trouble(broker, error)


def speech_trouble(broker: BrokerAddress, gateway_id: str) -> str | None:
    """Return why samples of a gateway would arrive nowhere, or None where they may, or who knows.

    MQTT 3.1.1, which the gateway speaks, confirms also what the broker then throws away. MQTT 5
    tells the truth, so this asks by it, with an empty message that nobody takes for a status.
    """
    from paho.mqtt.enums import MQTTProtocolVersion

    answers: SimpleQueue[bool] = SimpleQueue()
    topic = str(Topic(gateway_id, said_by(gateway_id, "status")))

    def connected(client: Any, _data: object, _flags: object, code: Any, _more: Any) -> None:
        if code.is_failure:
            answers.put(False)  # a broker of MQTT 3.1.1 only
        else:
            client.publish(topic, b"", qos=1)

    def published(_client: object, _data: object, _mid: int, code: Any, _more: Any) -> None:
        answers.put(code.is_failure)

    try:
        with _client(broker, protocol=MQTTProtocolVersion.MQTTv5) as client:
            client.on_connect = connected
            client.on_publish = published
            client.connect(broker.host, broker.port)
            client.loop_start()
            refused = answers.get(timeout=_WAIT_S)
    except (Empty, OSError):
        return None
    if not refused:
        return None
    return (
        f"lets us in, but not speak as gateway {gateway_id!r}: give the gateway an account, or a "
        "certificate with the common name, called as its GATEWAY_ID"
    )


@contextmanager
def _client(broker: BrokerAddress, **options: Any) -> Iterator[mqtt.Client]:
    import paho.mqtt.client as mqtt
    from paho.mqtt.enums import CallbackAPIVersion

    client = mqtt.Client(
        CallbackAPIVersion.VERSION2, client_id=f"lumbar-doctor-{secrets.token_hex(4)}", **options
    )
    client.username_pw_set(broker.username, broker.password)
    if broker.tls is not None:
        client.tls_set_context(broker.tls.context())
    try:
        yield client
    finally:
        client.disconnect()
        client.loop_stop()
