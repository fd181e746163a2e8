"""Errors that a user can act on: what is wrong, where, and what to type next."""

from __future__ import annotations

import errno

DISK_FULL = (errno.ENOSPC, errno.EDQUOT)


class ResidencyError(Exception):
    """The root of every error this package raises on purpose.

    Args:
        what: what is wrong, in one clause.
        where: file:line, record id, recipe key or folder; empty when there is no place.
        fix: what the user should do or type next; empty when ``what`` already says so.
    """

    exit_code = 2

    def __init__(self, what: str, where: str = "", fix: str = "") -> None:
        self.what, self.where, self.fix = what, where, fix
        super().__init__(str(self))

    def __str__(self) -> str:
        line = f"{self.where}: {self.what}" if self.where else self.what
        line = f"{line}. {self.fix}" if self.fix else line
        return " ".join(line.split())


class RecipeError(ResidencyError, ValueError):
    """One or more faults in a recipe; ``problems`` holds one line for each."""

    def __init__(self, problems: list[str], where: str) -> None:
        self.problems = problems
        count = "1 problem" if len(problems) == 1 else f"{len(problems)} problems"
        super().__init__(f"{count} in the recipe: " + " | ".join(problems), where)


class InputError(ResidencyError, ValueError):
    """The user's data, a file or a folder cannot be used as it is."""


class UsageError(ResidencyError, ValueError):
    """A command was asked for something that does not fit together."""


class BusyError(ResidencyError, RuntimeError):
    """Another process is working in the same run folder."""


class ServerError(ResidencyError, RuntimeError):
    """A server that is asked is not there, or does not give what it is asked for."""


class MissingDependencyError(ResidencyError, ImportError):
    """A part needs an optional package; the message names the line that installs it, and what may be done
    ``instead``."""

    def __init__(self, package: str, extra: str, instead: str = "") -> None:
        self.package, self.extra = package, extra
        line = f'Type: pip install "residency[{extra}]"'
        super().__init__(f"this needs the package {package!r}", fix=f"{line}, {instead}" if instead else line)


class ProofError(ResidencyError, AssertionError):
    """A check that the software makes of its own work failed; nothing after it can be trusted."""


def disk_is_full(error: BaseException) -> bool:
    """Whether an error says that nothing more can be written: trying something else then fails as well."""
    return (isinstance(error, OSError) and error.errno in DISK_FULL) or "No space left on device" in str(error)


def out_of_memory(error: BaseException) -> bool:
    """Whether an error says that memory did not suffice, be it the machine's or a card's."""
    return isinstance(error, MemoryError) or type(error).__name__ == "OutOfMemoryError"
