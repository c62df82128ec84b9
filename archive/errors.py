"""One tree of errors. Each says what was wrong, where, and what to do next.

The message is for a person and complete in itself; what a program may want to look at is kept
in attributes. Errors of libraries are wrapped where they enter, with ``raise ... from``.
"""

from __future__ import annotations


class ArchiveError(Exception):
    """Root of every error this package raises on purpose.

    ``what`` went wrong, ``where`` (a file and line, a URL, a log position; may be None) and the
    ``remedy`` (the next step for the reader; may be None) are attributes; ``str()`` is one line.
    """

    exit_code = 1

    def __init__(self, what: str, *, where: str | None = None, remedy: str | None = None) -> None:
        """Keep the three parts; join them to the one line a user sees."""
        self.what, self.where, self.remedy = what, where, remedy
        line = f"{where}: {what}" if where else what
        super().__init__(f"{line}. {remedy}" if remedy else line)


class ConfigError(ArchiveError):
    """A configuration file or setting cannot be used; ``where`` is ``file:line``."""

    exit_code = 2


class UsageError(ArchiveError):
    """The command line asks for something that does not exist or cannot be done."""

    exit_code = 2


class DatabaseError(ArchiveError):
    """The database cannot be reached, or is not one this version can use."""

    exit_code = 2


class ConflictError(ArchiveError):
    """A stream of the log has moved on since the writer read it; nothing of the batch was appended."""


class LogError(ArchiveError):
    """An event in the log cannot be read; ``where`` is its position."""


class ProofError(ArchiveError):
    """A key, checkpoint or proof cannot be read, or does not show what it should."""


class ProjectionError(ArchiveError):
    """A projection stopped at an event it could not apply; ``where`` is the position."""


class FetchError(ArchiveError):
    """A feed or page could not be fetched; ``where`` is its URL or path."""


class ParseError(ArchiveError):
    """A document is not a feed, or has no text; ``where`` is its URL or path."""
