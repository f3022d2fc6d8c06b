"""Policy packs as files: what can be wrong with one. Pure: the rules that parse packs import this."""


class PackError(Exception):
    """An entry of a policy pack that cannot be accepted: where it stands ("rights.partner.tam") and why not."""

    def __init__(self, path: str, message: str) -> None:
        super().__init__(f"{path}: {message}" if path else message)
        self.path = path
        self.message = message
