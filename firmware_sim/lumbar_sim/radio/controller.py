"""A Bluetooth LE controller on the virtual radio, answering what bumble's own leaves open."""

from __future__ import annotations

import asyncio

from bumble import hci, ll
from bumble.controller import Connection, Controller

from lumbar_sim.radio.connection import ConnectionParameters, RadioConnection
from lumbar_sim.radio.link import RadioLink

KEY_SIZE_BYTES = 16  # what LE Secure Connections always ends with
MAX_DATA_OCTETS = 251  # Core specification, volume 6, part B, 4.5.10
MAX_DATA_TIME_US = 2120


class RadioController(Controller):
    """Legacy advertising, one connection attempt at a time, reported PHY and data length.

    Parameters
    ----------
    name
        For log lines.
    air
        The link it sends and hears on.
    rssi_dbm
        How loud others hear it; two controllers hear each other at the lower of their figures.
    """

    # bumble announces extended advertising without doing all of it; sensors need only legacy.
    le_features = (
        Controller.le_features
        & ~hci.LeFeatureMask.LE_EXTENDED_ADVERTISING
        & ~hci.LeFeatureMask.LE_PERIODIC_ADVERTISING
    )
    le_acl_data_packet_length = MAX_DATA_OCTETS
    supported_max_tx_octets = MAX_DATA_OCTETS
    supported_max_rx_octets = MAX_DATA_OCTETS

    def __init__(self, name: str, air: RadioLink, rssi_dbm: int) -> None:
        super().__init__(name, link=air)
        self.air = air
        self.rssi_dbm = rssi_dbm

    # Advertising and scanning

    def on_advertising_pdu(self, pdu: ll.AdvInd | ll.AdvExtInd) -> None:
        """Report an advertisement with its scan response, and connect if that was asked for."""
        advertiser = self.air.advertiser(pdu.advertiser_address, self)
        if advertiser is None:
            return
        if self.le_scan_enable:
            event_type = hci.HCI_LE_Advertising_Report_Event.EventType
            self._report(event_type.ADV_IND, pdu.advertiser_address, pdu.data, advertiser)
            if self.le_scan_type == hci.HCI_LE_Set_Scan_Parameters_Command.ACTIVE_SCANNING:
                response = advertiser.le_legacy_advertiser.scan_response_data
                self._report(event_type.SCAN_RSP, pdu.advertiser_address, response, advertiser)
        wanted = self.pending_le_connection
        if wanted is not None and wanted.peer_address == pdu.advertiser_address:
            self._connect(advertiser)

    def _report(
        self, event_type: int, address: hci.Address, data: bytes, advertiser: RadioController
    ) -> None:
        report = hci.HCI_LE_Advertising_Report_Event.Report(
            event_type=event_type,
            address_type=address.address_type,
            address=address,
            data=data,
            rssi=self._rssi_of(advertiser),
        )
        self.send_hci_packet(hci.HCI_LE_Advertising_Report_Event([report]))

    # Connecting

    def on_hci_le_create_connection_command(
        self, command: hci.HCI_LE_Create_Connection_Command
    ) -> None:
        """Refuse a second connection to the same peer, which bumble would leave hanging."""
        if command.peer_address in self.le_connections:
            self._send_hci_command_status(
                hci.HCI_ErrorCode.CONNECTION_ALREADY_EXISTS_ERROR, command.op_code
            )
        else:
            super().on_hci_le_create_connection_command(command)

    def on_hci_le_create_connection_cancel_command(
        self, _command: hci.HCI_LE_Create_Connection_Cancel_Command
    ) -> hci.HCI_StatusReturnParameters:
        """End the attempt with the completion event that the host waits for."""
        wanted = self.pending_le_connection
        if wanted is None:
            return hci.HCI_StatusReturnParameters(hci.HCI_ErrorCode.COMMAND_DISALLOWED_ERROR)
        self.pending_le_connection = None
        event = _connection_complete(
            hci.HCI_ErrorCode.UNKNOWN_CONNECTION_IDENTIFIER_ERROR, wanted.peer_address
        )
        asyncio.get_running_loop().call_soon(self.send_hci_packet, event)
        return hci.HCI_StatusReturnParameters(hci.HCI_ErrorCode.SUCCESS)

    def _connect(self, advertiser: RadioController) -> None:
        wanted = self.pending_le_connection
        assert isinstance(wanted, hci.HCI_LE_Create_Connection_Command)
        self.pending_le_connection = None
        public = wanted.own_address_type == hci.OwnAddressType.PUBLIC
        ends = RadioConnection.open_pair(
            self,
            self.public_address if public else self.random_address,
            advertiser,
            wanted.peer_address,
            ConnectionParameters(
                wanted.connection_interval_min, wanted.max_latency, wanted.supervision_timeout
            ),
        )
        advertiser.le_legacy_advertiser.stop()
        for end in ends:
            event = _connection_complete(hci.HCI_ErrorCode.SUCCESS, end.peer_address, end)
            end.controller.send_hci_packet(event)

    def on_le_disconnected(self, connection: Connection, reason: int) -> None:
        """Close one end, once."""
        assert isinstance(connection, RadioConnection)
        if not connection.closed:
            super().on_le_disconnected(connection, reason)
            connection.close()

    def on_hci_disconnect_command(self, command: hci.HCI_Disconnect_Command) -> None:
        """Answer for a connection that is already gone, which bumble would leave hanging."""
        if self.find_le_connection_by_handle(command.connection_handle) is None:
            self._send_hci_command_status(
                hci.HCI_ErrorCode.UNKNOWN_CONNECTION_IDENTIFIER_ERROR, command.op_code
            )
        else:
            super().on_hci_disconnect_command(command)

    def on_le_encryption_change(self, connection: Connection, status: int) -> None:
        """Report encryption with the size of its key."""
        self.send_hci_packet(
            hci.HCI_Encryption_Change_V2_Event(
                status=status,
                connection_handle=connection.handle,
                encryption_enabled=int(status == hci.HCI_ErrorCode.SUCCESS),
                encryption_key_size=KEY_SIZE_BYTES,
            )
        )

    def on_hci_acl_data_packet(self, packet: hci.HCI_AclDataPacket) -> None:
        """Drop what the host sent before it learned that the connection is gone."""
        if self._end(packet.connection_handle) is not None:
            super().on_hci_acl_data_packet(packet)

    # Properties of a connection

    def on_ll_control_pdu(self, sender_address: hci.Address, packet: ll.ControlPdu) -> None:
        """Keep the connection parameters that the central changed."""
        end = self.le_connections.get(sender_address)
        if isinstance(packet, ll.ConnectionUpdateInd) and isinstance(end, RadioConnection):
            end.parameters = ConnectionParameters(packet.interval, packet.latency, packet.timeout)
        super().on_ll_control_pdu(sender_address, packet)

    def on_hci_le_connection_update_command(
        self, command: hci.HCI_LE_Connection_Update_Command
    ) -> None:
        """Keep the connection parameters that this host changes."""
        end = self._end(command.connection_handle)
        if end is not None:
            end.parameters = ConnectionParameters(
                command.connection_interval_max, command.max_latency, command.supervision_timeout
            )
        super().on_hci_le_connection_update_command(command)

    def on_hci_le_set_data_length_command(
        self, command: hci.HCI_LE_Set_Data_Length_Command
    ) -> hci.HCI_StatusAndConnectionHandleReturnParameters:
        """Agree, and tell both ends."""
        end = self._end(command.connection_handle)
        if end is None:
            return _unknown_handle(command.connection_handle)
        for one in (end, end.peer):
            event = hci.HCI_LE_Data_Length_Change_Event(
                connection_handle=one.handle,
                max_tx_octets=command.tx_octets,
                max_tx_time=command.tx_time,
                max_rx_octets=command.tx_octets,
                max_rx_time=command.tx_time,
            )
            asyncio.get_running_loop().call_soon(one.controller.send_hci_packet, event)
        return hci.HCI_StatusAndConnectionHandleReturnParameters(
            status=hci.HCI_ErrorCode.SUCCESS, connection_handle=end.handle
        )

    def on_hci_le_set_phy_command(self, command: hci.HCI_LE_Set_PHY_Command) -> None:
        """Change both ends to 2M where asked for, else to 1M."""
        end = self._end(command.connection_handle)
        if end is None:
            unknown = hci.HCI_ErrorCode.UNKNOWN_CONNECTION_IDENTIFIER_ERROR
            self._send_hci_command_status(unknown, command.op_code)
            return
        self._send_hci_command_status(hci.HCI_COMMAND_STATUS_PENDING, command.op_code)
        phy = hci.Phy.LE_2M if command.tx_phys & hci.PhyBit.LE_2M else hci.Phy.LE_1M
        for one in (end, end.peer):
            one.phy = phy
            one.controller.send_hci_packet(
                hci.HCI_LE_PHY_Update_Complete_Event(
                    status=hci.HCI_ErrorCode.SUCCESS,
                    connection_handle=one.handle,
                    tx_phy=phy,
                    rx_phy=phy,
                )
            )

    def on_hci_le_read_phy_command(
        self, command: hci.HCI_LE_Read_PHY_Command
    ) -> hci.HCI_LE_Read_PHY_ReturnParameters:
        """Return the PHY last agreed."""
        end = self._end(command.connection_handle)
        phy = end.phy if end is not None else hci.Phy.LE_1M
        return hci.HCI_LE_Read_PHY_ReturnParameters(
            status=_status(end),
            connection_handle=command.connection_handle,
            tx_phy=phy,
            rx_phy=phy,
        )

    def on_hci_read_rssi_command(
        self, command: hci.HCI_Read_RSSI_Command
    ) -> hci.HCI_Read_RSSI_ReturnParameters:
        """Return how loud the peer is heard."""
        end = self._end(command.handle)
        rssi_dbm = self._rssi_of(end.peer.controller) if end is not None else 127
        return hci.HCI_Read_RSSI_ReturnParameters(
            status=_status(end), handle=command.handle, rssi=rssi_dbm
        )

    def _rssi_of(self, other: Controller) -> int:
        assert isinstance(other, RadioController)
        return min(self.rssi_dbm, other.rssi_dbm)

    def _end(self, handle: int) -> RadioConnection | None:
        end = self.find_le_connection_by_handle(handle)
        return end if isinstance(end, RadioConnection) else None


def _status(end: RadioConnection | None) -> hci.HCI_ErrorCode:
    known = end is not None
    error = hci.HCI_ErrorCode
    return error.SUCCESS if known else error.UNKNOWN_CONNECTION_IDENTIFIER_ERROR


def _unknown_handle(handle: int) -> hci.HCI_StatusAndConnectionHandleReturnParameters:
    return hci.HCI_StatusAndConnectionHandleReturnParameters(
        status=_status(None), connection_handle=handle
    )


def _connection_complete(
    status: hci.HCI_ErrorCode, peer_address: hci.Address, end: RadioConnection | None = None
) -> hci.HCI_LE_Enhanced_Connection_Complete_Event:
    parameters = end.parameters if end is not None else ConnectionParameters(0, 0, 0)
    return hci.HCI_LE_Enhanced_Connection_Complete_Event(
        status=status,
        connection_handle=end.handle if end is not None else 0,
        role=end.role if end is not None else hci.Role.CENTRAL,
        peer_address_type=peer_address.address_type,
        peer_address=peer_address,
        local_resolvable_private_address=hci.Address.ANY_RANDOM,
        peer_resolvable_private_address=hci.Address.ANY_RANDOM,
        connection_interval=parameters.interval,
        peripheral_latency=parameters.latency,
        supervision_timeout=parameters.timeout,
        central_clock_accuracy=0,
    )
