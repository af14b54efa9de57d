"""What a server that stores everything would say, once a second; nothing is stored."""

from lumbar_gateway.messages import Ack, IndexRanges, SampleBatch, Topic, decode_stream_message
from lumbar_gateway.messages.ack import ack_topic


class StoredIndices:
    """The samples that came, and the acknowledgements of them that are due."""

    def __init__(self) -> None:
        self._stored: dict[int, tuple[str, IndexRanges]] = {}  # by stream
        self._new: set[int] = set()

    def take(self, topic: str, payload: bytes) -> None:
        """Note what a message brings."""
        batch = decode_stream_message(payload)
        if isinstance(batch, SampleBatch):
            sensor_id = Topic.parse(topic).sensor_id
            _, stored = self._stored.setdefault(batch.stream_id, (sensor_id, IndexRanges()))
            stored.add(batch.first_index, batch.end_index)
            self._new.add(batch.stream_id)

    def due_acks(self) -> list[tuple[str, bytes]]:
        """Return topic and payload for each stream of which something came since the last time."""
        due, self._new = self._new, set()
        acks = []
        for stream_id in due:
            sensor_id, stored = self._stored[stream_id]
            ack = Ack(stream_id, stored.copy(), IndexRanges(), None)
            acks.append((str(Topic(sensor_id, ack_topic(stream_id))), bytes(ack)))
        return acks
