"""The GATT profile of our own sensor, both ways; in words in ``docs/gatt-profile.md``.

All numbers are little-endian. Each type converts with ``from_bytes`` and ``bytes(...)`` and refuses
what does not fit with ``ProfileError``.
"""

from lumbar_gateway.profiles.lumbar.checksum import sealed
from lumbar_gateway.profiles.lumbar.clock import ClockReading
from lumbar_gateway.profiles.lumbar.control import (
    MAX_READ_SAMPLES,
    Command,
    CommandResult,
    ControlStatus,
    Opcode,
    RefusedWriteError,
)
from lumbar_gateway.profiles.lumbar.log import (
    BLOCK_SAMPLES,
    DirectoryRecord,
    GapReason,
    LogBlock,
    LogEnd,
    LogGap,
    LogRecord,
    RecordKind,
    StreamTime,
)
from lumbar_gateway.profiles.lumbar.log_fragments import LogAssembler, fragment
from lumbar_gateway.profiles.lumbar.samples import (
    MAX_INDEX,
    NOTIFICATION_INTERVAL_S,
    SamplesPacket,
)
from lumbar_gateway.profiles.lumbar.status import (
    SensorState,
    Status,
)
from lumbar_gateway.profiles.lumbar.stream import (
    PROFILE_VERSION,
    TICK_HZ,
    Channels,
    StreamDescription,
)
from lumbar_gateway.profiles.lumbar.uuids import (
    ADVERTISEMENT_MAGIC,
    BATTERY_LEVEL_UUID,
    BATTERY_SERVICE_UUID,
    CLOCK_UUID,
    COMPANY_ID,
    CONTROL_UUID,
    CURRENT_TIME_UUID,
    LOG_UUID,
    SAMPLES_UUID,
    SERIAL_NUMBER_UUID,
    SERVICE_UUID,
    STATUS_UUID,
    STREAM_UUID,
)

__all__ = [
    "ADVERTISEMENT_MAGIC",
    "BATTERY_LEVEL_UUID",
    "BATTERY_SERVICE_UUID",
    "BLOCK_SAMPLES",
    "CLOCK_UUID",
    "COMPANY_ID",
    "CONTROL_UUID",
    "CURRENT_TIME_UUID",
    "LOG_UUID",
    "MAX_INDEX",
    "MAX_READ_SAMPLES",
    "NOTIFICATION_INTERVAL_S",
    "PROFILE_VERSION",
    "SAMPLES_UUID",
    "SERIAL_NUMBER_UUID",
    "SERVICE_UUID",
    "STATUS_UUID",
    "STREAM_UUID",
    "TICK_HZ",
    "Channels",
    "ClockReading",
    "Command",
    "CommandResult",
    "ControlStatus",
    "DirectoryRecord",
    "GapReason",
    "LogAssembler",
    "LogBlock",
    "LogEnd",
    "LogGap",
    "LogRecord",
    "Opcode",
    "RecordKind",
    "RefusedWriteError",
    "SamplesPacket",
    "SensorState",
    "Status",
    "StreamDescription",
    "StreamTime",
    "fragment",
    "sealed",
]
