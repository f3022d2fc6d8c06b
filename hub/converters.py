"""Parts of addresses that are neither numbers nor ids."""


class PackName:
    """The name of a policy pack, like `tiers` or `scorecard.enterprise`."""

    regex = "[a-z][a-z0-9_]*(?:[.][a-z0-9_]+)*"

    def to_python(self, value: str) -> str:
        return value

    def to_url(self, value: str) -> str:
        return value


class JourneyName(PackName):
    """The name of a pack that holds a journey."""

    regex = "partner_journey|customer_journey"
