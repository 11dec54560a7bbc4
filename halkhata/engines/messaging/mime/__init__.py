"""Internet mail as plain data: bytes in, frozen dataclasses out, and back again. No database, no network."""
