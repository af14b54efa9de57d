"""What bumble's own controller leaves open and this one answers."""

import asyncio

import pytest
from bumble import hci
from bumble.device import Connection
from bumble.host import Host

from lumbar_sim.radio import VirtualRadio
from lumbar_sim.radio.controller import RadioController
from lumbar_sim.radio.link import RadioLink
from simulated_sensor import firmware, measurement

TIMEOUT_S = 10.0


async def connect(radio: VirtualRadio) -> tuple[Connection, Connection]:
    """Returns the central's end and the sensor's."""
    sensor = await radio.add_sensor(firmware(measurement(10)), rssi_dbm=-71)
    central = await radio.central(supervision_timeout_s=1.5)
    ours = await central.connect(hci.Address(sensor.address), TIMEOUT_S)
    async with asyncio.timeout(TIMEOUT_S):
        while not sensor.device.connections:  # noqa: ASYNC110
            await asyncio.sleep(0.01)
    [theirs] = sensor.device.connections.values()
    return ours, theirs


async def test_both_ends_know_the_parameters_that_the_central_asked_for():
    async with VirtualRadio() as radio:
        for end in await connect(radio):
            assert end.parameters.connection_interval == 30.0
            assert end.parameters.supervision_timeout == 1500.0


async def test_phy_data_length_and_loudness_are_answered():
    async with VirtualRadio() as radio:
        ours, theirs = await connect(radio)
        assert (await ours.get_phy()).tx_phy == hci.Phy.LE_1M
        await ours.set_phy([hci.Phy.LE_2M], [hci.Phy.LE_2M])
        await ours.set_data_length(251, 2120)
        assert (await ours.get_phy()).tx_phy == (await theirs.get_phy()).tx_phy == hci.Phy.LE_2M
        assert theirs.data_length == Connection.LeDataLength(251, 2120, 251, 2120)
        assert await ours.get_rssi() == await theirs.get_rssi() == -71


async def test_parameter_update_changes_the_supervision_timeout_of_both_ends():
    async with VirtualRadio() as radio:
        ours, theirs = await connect(radio)
        await ours.update_parameters(15.0, 15.0, 0, 300.0)
        async with asyncio.timeout(TIMEOUT_S):
            while theirs.parameters.supervision_timeout != 300.0:  # noqa: ASYNC110
                await asyncio.sleep(0.01)
        lost = asyncio.Event()
        ours.on(Connection.EVENT_DISCONNECTION, lambda _: lost.set())
        loop = asyncio.get_running_loop()
        start_s = loop.time()
        radio.lose(next(iter(radio.sensors)))
        async with asyncio.timeout(TIMEOUT_S):
            await lost.wait()
        assert loop.time() - start_s >= 0.3


async def test_disconnecting_what_is_gone_is_an_error_not_a_hang():
    async with VirtualRadio() as radio:
        ours, _ = await connect(radio)
        await ours.disconnect()
        with pytest.raises(hci.HCI_Error):
            async with asyncio.timeout(TIMEOUT_S):
                await ours.disconnect()


async def test_second_connection_to_the_same_sensor_is_refused():
    async with VirtualRadio() as radio:
        ours, _ = await connect(radio)
        with pytest.raises(hci.HCI_Error):
            await ours.device.connect_le(ours.peer_address, timeout=None)


async def test_connection_events_delay_but_keep_the_order():
    async with VirtualRadio(connection_events=True) as radio:
        ours, theirs = await connect(radio)
        received: list[bytes] = []
        done = asyncio.Event()

        def on_pdu(_handle: int, pdu: bytes) -> None:
            received.append(pdu)
            if len(received) == 200:
                done.set()

        ours.device.l2cap_channel_manager.register_fixed_channel(0x3E, on_pdu)
        sent = [n.to_bytes(2, "little") * (1 + n % 300) for n in range(200)]
        for pdu in sent:
            theirs.send_l2cap_pdu(0x3E, pdu)
        assert received == []
        async with asyncio.timeout(TIMEOUT_S):
            await done.wait()
        assert received == sent


async def test_cancelling_when_nothing_is_pending_is_refused():
    controller = RadioController("alone", RadioLink(), rssi_dbm=0)
    host = Host(controller, controller)
    await host.reset()
    with pytest.raises(hci.HCI_Error):
        await host.send_sync_command(hci.HCI_LE_Create_Connection_Cancel_Command())
