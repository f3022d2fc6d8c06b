"""The cast: one person per role around one partner and one customer, and people who are foreign to both.

Tests read like sentences: `client.force_login(cast.tom)`, `test_otto_gets_404_for_a_foreign_partner`.
"""

from dataclasses import dataclass

from accounts.models import User
from accounts.rules.access import Actor
from partners.models import Contact, Organization
from tests.factories.accounts import actor, make_people, make_team, make_user
from tests.factories.partners import make_contact, make_customer, make_partner


@dataclass(frozen=True, kw_only=True)
class Cast:
    """Northwind is a partner in Gate 3, Birch a customer that is live; everybody of the first row is assigned there."""

    ana: User  # PAM
    paul: User  # PDM
    tina: User  # TPM
    petra: User  # PSM
    tom: User  # TAM
    carl: User  # CSM
    ines: User  # Integration Specialist
    sam: User  # takes part as sales

    otto: User  # TAM of nothing here
    olga: User  # PAM of nothing here

    sue: User  # Support Engineer
    sven: User  # Senior Support Engineer
    sara: User  # Support Manager
    lena: User  # leads Tom
    lou: User  # leads Carl
    max: User  # Manager
    adam: User  # Administrator
    nora: User  # holds no role
    connie: User  # contact at Northwind, in the portal

    northwind: Organization
    birch: Organization
    connie_contact: Contact

    def actor(self, name: str) -> Actor:
        """What the next request of this person would find out about them."""
        user: User = getattr(self, name)
        return actor(user, organization_id=self.northwind.pk if name == "connie" else None)

    @property
    def staff(self) -> tuple[str, ...]:
        """Everybody of ours who holds a role."""
        return tuple(name for name in ROLES if ROLES[name])


ROLES: dict[str, tuple[str, ...]] = {
    "ana": ("pam",),
    "paul": ("pdm",),
    "tina": ("tpm",),
    "petra": ("psm",),
    "tom": ("tam",),
    "carl": ("csm",),
    "ines": ("integration",),
    "sam": ("sales",),
    "otto": ("tam",),
    "olga": ("pam",),
    "sue": ("support",),
    "sven": ("senior",),
    "sara": ("supportlead",),
    "lena": ("techlead",),
    "lou": ("csmlead",),
    "max": ("manager",),
    "adam": ("admin",),
    "nora": (),
}
FULL_NAMES = {
    "ana": "Ana Silva",
    "paul": "Paul Novak",
    "tina": "Tina Berg",
    "petra": "Petra Okafor",
    "tom": "Tom Okafor",
    "carl": "Carl Lindqvist",
    "ines": "Inés Duarte",
    "sam": "Sam Whitlock",
    "otto": "Otto Brandt",
    "olga": "Olga Petrenko",
    "sue": "Sue Tanaka",
    "sven": "Sven Aalto",
    "sara": "Sara Haddad",
    "lena": "Lena Vogel",
    "lou": "Lou Martin",
    "max": "Max Feld",
    "adam": "Adam Root",
    "nora": "Nora Quist",
}


def make_cast() -> Cast:
    people = make_people({short: (FULL_NAMES[short], roles) for short, roles in ROLES.items()})
    make_team(name="Technical success", leads=[people["lena"]], members=[people["tom"]])
    make_team(name="Customer success", leads=[people["lou"]], members=[people["carl"]])
    northwind = make_partner(
        "gate_3",
        name="Northwind",
        owners={
            "pam": people["ana"],
            "pdm": people["paul"],
            "tpm": people["tina"],
            "psm": people["petra"],
            "tam": people["tom"],
            "integration": people["ines"],
            "sales": people["sam"],
        },
    )
    birch = make_customer(
        "live", name="Birch", owners={"csm": people["carl"], "tam": people["tom"], "integration": people["ines"]}
    )
    connie = make_user(name="Connie Contact", email="connie@northwind.example", audience="contact")
    contact = make_contact(northwind, name=connie.name, email=connie.email, user=connie, is_primary=True)
    return Cast(**people, connie=connie, northwind=northwind, birch=birch, connie_contact=contact)
