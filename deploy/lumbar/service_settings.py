"""Settings of the long-running programs: from the environment, passwords also from files.

systemd hands over credentials as files in the folder ``CREDENTIALS_DIRECTORY``; a file there is
called as the variable it stands for, e.g. ``LUMBAR_GATEWAY_BROKER_PASSWORD``.
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any

from lumbar.errors import UsageError

if TYPE_CHECKING:
    from lumbar_gateway.settings import GatewaySettings
    from lumbar_server.settings import ServerSettings


def gateway_settings() -> GatewaySettings:
    """Read ``LUMBAR_GATEWAY_...``."""
    from lumbar_gateway.settings import GatewaySettings

    return GatewaySettings(**_files())


def server_settings() -> ServerSettings:
    """Read ``LUMBAR_SERVER_...``; raises ``UsageError`` for a database of another kind."""
    from lumbar_server.settings import ServerSettings

    settings = ServerSettings(**_files())
    if not settings.database_url.startswith(("sqlite:///", "postgresql://", "postgresql+psycopg:")):
        raise UsageError(
            "LUMBAR_SERVER_DATABASE_URL: write sqlite:///FILE or postgresql://USER:PASSWORD@HOST/NAME"
        )
    return settings


def is_gateway() -> bool:
    """Tell whether this machine is set up as a gateway: any of its settings is there."""
    return bool(gateway_settings().model_fields_set)


def _files() -> dict[str, Any]:
    folder = os.environ.get("CREDENTIALS_DIRECTORY")
    return {"_secrets_dir": folder} if folder else {}
