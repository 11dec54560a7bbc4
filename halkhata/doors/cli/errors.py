"""What a command says when it cannot do its work."""


class CommandError(Exception):
    """One sentence for the person at the terminal, and the exit code that goes with it."""

    def __init__(self, sentence: str, *, exit_code: int = 2) -> None:
        super().__init__(sentence)
        self.exit_code = exit_code
