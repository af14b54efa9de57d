"""Errors of the server: one root, each message says what to do."""


class ServerError(Exception):
    """Root of everything the server raises."""


class StreamConflictError(ServerError):
    """Another worker changed a stream since it was read: read it again and retry."""


class DatabaseAwayError(ServerError):
    """The database cannot be reached or is locked: nothing was written, retry later."""


class SettingsError(ServerError, ValueError):
    """A setting that cannot work."""


class NotFoundError(ServerError, LookupError):
    """Something that was asked for by its id is not stored."""
