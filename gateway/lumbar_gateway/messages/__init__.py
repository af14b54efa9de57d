"""The MQTT message format: topics, payloads and how to reach a broker.

This package is the only part of the gateway that the server may import. Written out with golden
bytes in ``docs/mqtt.md``.
"""

from lumbar_gateway.errors import MessageError
from lumbar_gateway.messages.ack import Ack, Refusal
from lumbar_gateway.messages.broker import BrokerAddress, Tls
from lumbar_gateway.messages.claim import Claim, claim_of
from lumbar_gateway.messages.clock_fit import ClockFit, ClockSource
from lumbar_gateway.messages.events import LiveEvents
from lumbar_gateway.messages.ranges import IndexRanges
from lumbar_gateway.messages.samples import (
    LostSamples,
    PacketStamp,
    SampleBatch,
    StreamEnd,
    StreamMessage,
    decode_stream_message,
)
from lumbar_gateway.messages.status import GatewayStatus
from lumbar_gateway.messages.topics import Topic, shard_of

__all__ = [
    "Ack",
    "BrokerAddress",
    "Claim",
    "ClockFit",
    "ClockSource",
    "GatewayStatus",
    "IndexRanges",
    "LiveEvents",
    "LostSamples",
    "MessageError",
    "PacketStamp",
    "Refusal",
    "SampleBatch",
    "StreamEnd",
    "StreamMessage",
    "Tls",
    "Topic",
    "claim_of",
    "decode_stream_message",
    "shard_of",
]
