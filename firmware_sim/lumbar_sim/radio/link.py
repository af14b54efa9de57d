"""The air: who hears whom, and how loudly."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bumble.hci import Address
from bumble.link import LocalLink
from bumble.ll import AdvertisingPdu

if TYPE_CHECKING:
    from bumble.controller import Controller

    from lumbar_sim.radio.connection import RadioConnection
    from lumbar_sim.radio.controller import RadioController


class RadioLink(LocalLink):
    """All controllers of one place; each can be taken out of everybody's reach.

    Parameters
    ----------
    connection_events
        Deliver at multiples of the connection interval instead of at once. How much one event
        carries is not limited, so this models latency, not throughput.
    """

    def __init__(self, *, connection_events: bool = False) -> None:
        super().__init__()  # type: ignore[no-untyped-call]
        self.connection_events = connection_events
        self.ends: list[RadioConnection] = []
        self._out_of_reach: set[Controller] = set()
        self._in_order: list[Controller] = []

    def add_controller(self, controller: Controller) -> None:
        """Take a controller in; all are served in the order in which they came."""
        super().add_controller(controller)
        self._in_order.append(controller)

    def in_reach(self, one: Controller, other: Controller) -> bool:
        """Whether two controllers hear each other; one that was removed is heard by nobody."""
        pair = {one, other}
        return pair <= self.controllers and not self._out_of_reach & pair

    def set_reach(self, controller: Controller, *, reachable: bool) -> None:
        """Take a controller out of reach, or bring it back."""
        if reachable:
            self._out_of_reach.discard(controller)
        else:
            self._out_of_reach.add(controller)
        self._reach_changed(controller)

    def remove_controller(self, controller: Controller) -> None:
        """Take a controller away for good; its connections end by supervision timeout."""
        super().remove_controller(controller)
        self._in_order.remove(controller)
        self._out_of_reach.discard(controller)
        self._reach_changed(controller)

    def send_advertising_pdu(self, sender_controller: Controller, packet: AdvertisingPdu) -> None:
        """Let everybody in reach hear an advertisement."""
        for controller in self._in_order:
            if controller is not sender_controller and self.in_reach(controller, sender_controller):
                controller.on_ll_advertising_pdu(packet)

    def advertiser(self, address: Address, listener: Controller) -> RadioController | None:
        """Return who advertises under ``address`` within the listener's reach."""
        for controller in self._in_order:
            legacy = controller.le_legacy_advertiser
            if legacy.enabled and legacy.address == address and self.in_reach(controller, listener):
                return controller  # type: ignore[return-value]
        return None

    def _reach_changed(self, controller: Controller) -> None:
        for end in [end for end in self.ends if end.touches(controller)]:
            end.on_reach()
