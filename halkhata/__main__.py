"""``python -m halkhata`` is the command ``halkhata``."""

import sys

from halkhata.doors.cli.main import main

if __name__ == "__main__":
    sys.exit(main())
