"""What goes wrong while building, as one line with a cause and a remedy instead of a traceback."""

from __future__ import annotations

import errno
import sys
from collections.abc import Callable

EXIT_PROBLEM = 2
EXIT_INTERRUPTED = 130


class BuildProblem(Exception):
    """Something outside this program is missing or broken.

    >>> print(BuildProblem("npm was not found", "install Node.js 20 or newer"))
    npm was not found: install Node.js 20 or newer
    """

    def __init__(self, cause: str, remedy: str):
        super().__init__(f"{cause}: {remedy}")
        self.cause = cause
        self.remedy = remedy


def run_main(main: Callable[[list[str]], int]) -> None:
    """Run a command's main and leave with its exit status; expected trouble is one line."""
    try:
        status = main(sys.argv[1:])
    except BuildProblem as problem:
        print(f"lmpanel: {problem}", file=sys.stderr)
        status = EXIT_PROBLEM
    except KeyboardInterrupt:
        print("\nlmpanel: stopped; run it again to go on from here", file=sys.stderr)
        status = EXIT_INTERRUPTED
    except OSError as error:
        if error.errno != errno.ENOSPC:
            raise
        print("lmpanel: the disk is full: free about 2 GB, then run it again", file=sys.stderr)
        status = EXIT_PROBLEM
    sys.exit(status)
