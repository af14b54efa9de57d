"""Errors of the gateway: one root, each message says what to do."""


class GatewayError(Exception):
    """Root of everything the gateway raises."""


class ProfileError(GatewayError, ValueError):
    """Bytes or values that do not fit the GATT profile."""


class MessageError(GatewayError, ValueError):
    """Bytes or values that do not fit the MQTT message format."""
