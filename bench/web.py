"""The web server exactly as ``halkhata web --workers 2`` starts it, with the bare pages mounted beside the product.

python -m bench.web [PROCESSES]
"""

import sys
from typing import Any


def main() -> int:
    """Serve until SIGTERM."""
    import uvicorn

    from halkhata.doors.cli.setup import set_up

    set_up(need_migrated=True)
    from halkhata.doors.cli.commands import web
    from halkhata.doors.cli.static_files import collect_if_changed

    collect_if_changed()
    as_deployed = uvicorn.run

    def run(_application: str, **options: Any) -> None:
        as_deployed("bench.mounted:application", **options)

    uvicorn.run = run
    return web.serve_pages(workers=int(sys.argv[1]) if len(sys.argv) > 1 else 2)


if __name__ == "__main__":
    raise SystemExit(main())
