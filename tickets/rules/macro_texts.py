"""The text of a macro and its gaps. Pure."""


def filled(text: str, *, number: int, requester: str) -> str:
    """The text with its gaps filled: `{name}` is the first name of whom it goes to, `{number}` that of the ticket."""
    return text.replace("{name}", requester.split(" ")[0]).replace("{number}", f"#{number}")
