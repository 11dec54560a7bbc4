"""Static files with a content hash in their names, so that a browser may keep them for a year."""

from whitenoise.storage import CompressedManifestStaticFilesStorage


class BuiltStaticFilesStorage(CompressedManifestStaticFilesStorage):
    """Falls back to the plain name while nothing has been collected yet (tests, first start)."""

    manifest_strict = False

    def stored_name(self, name: str) -> str:
        """The hashed name, or the plain one when the file has not been collected."""
        try:
            return super().stored_name(name)
        except ValueError:
            return name
