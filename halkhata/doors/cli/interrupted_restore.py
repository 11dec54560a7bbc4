"""Before a command uses the data: is a restore under way, or was one killed in its last step?"""

import os
import sys

from halkhata.doors.cli.backup_words import in_words
from halkhata.doors.cli.errors import CommandError

# sysexits.h: a mail server that hands us a mail keeps it and comes back.
TRY_LATER = 75


def claim_data() -> None:
    """Hold this process's share of the data folder until it ends. Raises CommandError while a restore has it.

    Finds a restore that was killed between its renames: finishes it, and starts this command anew, because the key in
    the data folder may have changed under the settings that are loaded already.
    """
    from halkhata.foundation.backups.places import JOURNAL, data_dir, use_data
    from halkhata.foundation.backups.services.swapping import finish_swap

    interrupted = (data_dir() / JOURNAL).exists()
    if not use_data(alone=interrupted):
        raise CommandError("A restore is under way: try again when it has finished.", exit_code=TRY_LATER)
    if interrupted:
        with in_words():
            finish_swap()
        print("A restore that had been interrupted was finished.", file=sys.stderr)
        os.execv(sys.executable, sys.orig_argv)  # noqa: S606
