"""bleak's backend classes over a bumble central: what BlueZ is on air.

`Central` offers three classes, ``scanner_backend``, ``client_backend`` and ``adapter_backend``, for
bleak's own ``backend=`` argument.
"""

from lumbar_sim.bleak_backend.central import Central

__all__ = ["Central"]
