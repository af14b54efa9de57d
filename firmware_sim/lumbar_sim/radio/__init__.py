"""A Bluetooth LE radio without air: bumble's virtual link with its gaps closed.

See Also
--------
virtual_radio : the face, with sensors that can be lost and found
controller : the controller below the host
connection : one end of a connection; order, supervision timeout, connection events
link : who hears whom
socket_radio : a controller for a gateway in another process
"""

from lumbar_sim.radio.socket_radio import remote_central
from lumbar_sim.radio.virtual_radio import Peripheral, VirtualRadio

__all__ = ["Peripheral", "VirtualRadio", "remote_central"]
