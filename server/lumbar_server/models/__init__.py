"""The tables. Positions are sample indices of a stream; wall time is a view of them."""

from lumbar_server.models.arrival import (
    Chunk,
    Counter,
    GatewayBoot,
    QuarantinedMessage,
    Sensor,
    Stream,
)
from lumbar_server.models.base import Base
from lumbar_server.models.deletion import Receipt
from lumbar_server.models.finding import (
    Analysis,
    Hold,
    PostureDeviation,
    PostureInterval,
    Repetition,
    Set,
    SetDeviation,
)
from lumbar_server.models.programme import (
    Block,
    NextDay,
    PlanChoice,
    Prescription,
    ProgrammeSettings,
    Screening,
    Stop,
)
from lumbar_server.models.record import (
    Answer,
    Assignment,
    Change,
    Correction,
    Session,
    SessionPart,
    Wearer,
)

__all__ = [
    "Analysis",
    "Answer",
    "Assignment",
    "Base",
    "Block",
    "Change",
    "Chunk",
    "Correction",
    "Counter",
    "GatewayBoot",
    "Hold",
    "NextDay",
    "PlanChoice",
    "PostureDeviation",
    "PostureInterval",
    "Prescription",
    "ProgrammeSettings",
    "QuarantinedMessage",
    "Receipt",
    "Repetition",
    "Screening",
    "Sensor",
    "Session",
    "SessionPart",
    "Set",
    "SetDeviation",
    "Stop",
    "Stream",
    "Wearer",
]
