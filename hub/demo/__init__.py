"""The demo world: a believable vendor with its partners and customers, the same every time but for its dates."""
