"""Errors of the server: one root, each message says what to do."""


class ServerError(Exception):
    """Root of everything the server raises."""


class StreamConflictError(ServerError):
    """Another worker changed a stream since it was read: read it again and retry."""


class DatabaseAwayError(ServerError):
    """The database cannot be reached or is locked: nothing was written, retry later."""


class SettingsError(ServerError, ValueError):
    """A setting that cannot work."""


class ProgrammeError(ServerError, ValueError):
    """Data of the programme that cannot be used."""


class BackupError(ServerError):
    """A backup that cannot be made or restored."""


class NotFoundError(ServerError, LookupError):
    """Something that was asked for by its id is not stored."""


class BadRequestError(ServerError, ValueError):
    """What was asked for makes no sense by itself."""


class ConflictError(ServerError):
    """What was asked for contradicts what is stored."""


class ChangedMeanwhileError(ServerError):
    """Somebody else has changed it since it was read."""


class KeyReusedError(ServerError):
    """A key that stands for one request was given to another."""


class GoneError(ServerError):
    """What was asked for was there once, or somewhere else."""
