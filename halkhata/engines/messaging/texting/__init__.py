"""The rules of short texts as pure functions: when one may arrive, and in what letters it must be written."""
