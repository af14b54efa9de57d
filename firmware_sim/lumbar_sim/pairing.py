"""How the sensor pairs: Just Works, or with the passkey that it shows."""

from __future__ import annotations

from bumble.pairing import PairingConfig, PairingDelegate


class _Display(PairingDelegate):
    """Shows a passkey and takes no input."""

    def __init__(self, passkey: int) -> None:
        super().__init__(PairingDelegate.IoCapability.DISPLAY_OUTPUT_ONLY)
        self._passkey = passkey

    async def generate_passkey(self) -> int:
        """Return the passkey that is shown."""
        return self._passkey


def pairing(passkey: int | None) -> PairingConfig:
    """Return the sensor's part in a pairing (LE Secure Connections, with bonding)."""
    return PairingConfig(
        sc=True,
        mitm=passkey is not None,
        bonding=True,
        delegate=None if passkey is None else _Display(passkey),
        # The bond is kept under the address that the sensor advertises, so that it is found again.
        identity_address_type=PairingConfig.AddressType.RANDOM,
    )
