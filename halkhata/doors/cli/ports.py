"""Whether the port can be had, said in one sentence when not."""

import errno
import socket

from halkhata.doors.cli.errors import CommandError


def check_port_free(host: str, port: int) -> None:
    """Bind the port once and let it go. Raises CommandError when it is taken, forbidden, or not of this machine."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        with socket.socket(family, socket.SOCK_STREAM) as probe:
            # As the server does: a port whose last connections are still closing is free.
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind((host, port))
    except socket.gaierror as error:
        raise CommandError(f"HALKHATA_HOST is “{host}”, which is no address of this machine.") from error
    except OSError as error:
        if error.errno == errno.EADDRINUSE:
            sentence = (
                f"Port {port} on {host} is taken by another program: stop it, or choose another with HALKHATA_PORT."
            )
        elif error.errno == errno.EACCES:
            sentence = f"This user may not open port {port}: choose one above 1023 with HALKHATA_PORT."
        elif error.errno == errno.EADDRNOTAVAIL:
            sentence = f"HALKHATA_HOST is “{host}”, which is no address of this machine."
        else:
            sentence = f"Port {port} on {host} cannot be opened: {error.strerror}."
        raise CommandError(sentence) from error
