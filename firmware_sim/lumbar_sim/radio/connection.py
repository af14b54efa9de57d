"""One end of a connection: ordered delivery, supervision timeout, connection events."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, cast

from bumble import hci, ll
from bumble.controller import Connection
from bumble.core import PhysicalTransport

if TYPE_CHECKING:
    from lumbar_sim.radio.controller import RadioController
    from lumbar_sim.radio.link import RadioLink

INTERVAL_UNIT_S = 1.25e-3  # Core specification, volume 4, part E, 7.8.12
TIMEOUT_UNIT_S = 10e-3


@dataclass(frozen=True, slots=True)
class ConnectionParameters:
    """What the central asked for, in the units of HCI."""

    interval: int  # 1.25 ms
    latency: int  # events
    timeout: int  # 10 ms


@dataclass(eq=False)
class RadioConnection(Connection):
    """One end. Packets leave in order, wait while the peer is out of reach, and are never lost.

    Out of reach for the supervision timeout, each end closes on its own and drops what waited.
    """

    parameters: ConnectionParameters = ConnectionParameters(24, 0, 72)
    phy: hci.Phy = hci.Phy.LE_1M
    closed: bool = False
    _peer: RadioConnection | None = None
    _outbox: deque[Callable[[], None]] = field(default_factory=deque)
    _unreported: int = 0  # HCI packets of a PDU that is not complete yet
    _event: asyncio.Handle | None = None
    _supervision: asyncio.Handle | None = None

    @classmethod
    def open_pair(
        cls,
        central: RadioController,
        central_address: hci.Address,
        peripheral: RadioController,
        peripheral_address: hci.Address,
        parameters: ConnectionParameters,
    ) -> tuple[RadioConnection, RadioConnection]:
        """Connect two controllers; returns the central's end and the peripheral's."""
        one = cls._end(central, hci.Role.CENTRAL, central_address, peripheral_address, parameters)
        other = cls._end(
            peripheral, hci.Role.PERIPHERAL, peripheral_address, central_address, parameters
        )
        one._peer, other._peer = other, one
        central.air.ends += [one, other]
        return one, other

    @classmethod
    def _end(
        cls,
        controller: RadioController,
        role: hci.Role,
        self_address: hci.Address,
        peer_address: hci.Address,
        parameters: ConnectionParameters,
    ) -> RadioConnection:
        end = cls(
            controller=controller,
            handle=controller.allocate_connection_handle(),
            role=role,
            self_address=self_address,
            peer_address=peer_address,
            link=controller.air,
            transport=PhysicalTransport.LE,
            link_type=hci.HCI_Connection_Complete_Event.LinkType.ACL,
            parameters=parameters,
        )
        controller.le_connections[peer_address] = end
        return end

    @property
    def peer(self) -> RadioConnection:
        """The other end."""
        assert self._peer is not None
        return self._peer

    @property
    def air(self) -> RadioLink:
        """The link that both ends are on."""
        return cast("RadioLink", self.link)

    @property
    def reachable(self) -> bool:
        """Whether the other end is in reach."""
        return self.air.in_reach(self.controller, self.peer.controller)

    def touches(self, controller: object) -> bool:
        """Whether this connection has an end at ``controller``."""
        return controller in (self.controller, self.peer.controller)

    def on_hci_acl_data_packet(self, packet: hci.HCI_AclDataPacket) -> None:
        """Take a packet from the host; it is reported complete when its PDU has arrived."""
        self._unreported += 1
        self.assembler.feed_packet(packet)

    def on_acl_pdu(self, pdu: bytes) -> None:
        """Send a complete PDU over the air."""
        packets, self._unreported = self._unreported, 0
        self._transmit(lambda: self._deliver(pdu, packets))

    def send_ll_control_pdu(self, packet: ll.ControlPdu) -> None:
        """Send a control PDU, in order with the data."""
        self._transmit(lambda: self.peer.on_control(packet))

    def on_control(self, packet: ll.ControlPdu) -> None:
        """Take a control PDU from the air."""
        if not self.closed:
            self.controller.on_ll_control_pdu(self.peer_address, packet)

    def on_reach(self) -> None:
        """React to the peer being lost or found."""
        if self._supervision is not None:
            self._supervision.cancel()
            self._supervision = None
        if self.reachable:
            self._schedule()
        elif not self.closed:
            timeout_s = self.parameters.timeout * TIMEOUT_UNIT_S
            self._supervision = asyncio.get_running_loop().call_later(timeout_s, self._time_out)

    def close(self) -> None:
        """End this end; what it has sent before still arrives."""
        self.closed = True
        if self._supervision is not None:
            self._supervision.cancel()
        if self.peer.closed:
            self.air.ends = [end for end in self.air.ends if end not in (self, self.peer)]

    def _deliver(self, pdu: bytes, packets: int) -> None:
        if not self.peer.closed:
            peer = self.peer
            peer.controller.send_hci_packet(hci.HCI_AclDataPacket(peer.handle, 2, 0, len(pdu), pdu))
        if not self.closed:
            self.controller.send_hci_packet(
                hci.HCI_Number_Of_Completed_Packets_Event(
                    connection_handles=[self.handle], num_completed_packets=[packets]
                )
            )

    def _transmit(self, deliver: Callable[[], None]) -> None:
        self._outbox.append(deliver)
        self._schedule()

    def _schedule(self) -> None:
        if self._event is not None or not self._outbox or not self.reachable:
            return
        loop = asyncio.get_running_loop()
        if self.air.connection_events:
            interval_s = self.parameters.interval * INTERVAL_UNIT_S
            self._event = loop.call_later(interval_s - loop.time() % interval_s, self._run_event)
        else:
            self._event = loop.call_soon(self._run_event)

    def _run_event(self) -> None:
        self._event = None
        if self.reachable:
            for _ in range(len(self._outbox)):
                self._outbox.popleft()()
            self._schedule()

    def _time_out(self) -> None:
        self._outbox.clear()
        self.controller.on_le_disconnected(self, hci.HCI_ErrorCode.CONNECTION_TIMEOUT_ERROR)
