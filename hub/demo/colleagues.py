"""The forty colleagues of the demo world, their teams and calendars."""

from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class Colleague:
    """`key` is how the other rooms name the person; the first two of each role sign in as `<role>` and `<role>2`."""

    key: str
    name: str
    roles: tuple[str, ...]
    job_title: str
    timezone: str = "Europe/Berlin"
    language: str = "en"

    @property
    def email(self) -> str:
        return f"{self.key}@demo.example"


def _colleague(key: str, name: str, role: str, job_title: str, timezone: str = "Europe/Berlin") -> Colleague:
    return Colleague(key=key, name=name, roles=(role,), job_title=job_title, timezone=timezone)


COLLEAGUES: tuple[Colleague, ...] = (
    _colleague("pam", "Ana Silva", "pam", "Partner Account Manager", "Europe/Lisbon"),
    _colleague("pam2", "Marcus Webb", "pam", "Partner Account Manager", "America/Chicago"),
    _colleague("pam3", "Yuki Tanabe", "pam", "Partner Account Manager", "Asia/Tokyo"),
    _colleague("pdm", "Daniel Kofi Mensah", "pdm", "Partner Development Manager", "Europe/London"),
    _colleague("pdm2", "Élodie Girard", "pdm", "Partner Development Manager", "Europe/Paris"),
    _colleague("tpm", "Tomasz Zieliński", "tpm", "Technical Program Manager", "Europe/Warsaw"),
    _colleague("tpm2", "Rachel Abrams", "tpm", "Technical Program Manager", "America/New_York"),
    _colleague("tpm3", "Nikhil Rao", "tpm", "Technical Program Manager", "Asia/Kolkata"),
    _colleague("psm", "Priya Nair", "psm", "Partner Success Manager", "Asia/Kolkata"),
    _colleague("psm2", "Oscar Lindgren", "psm", "Partner Success Manager", "Europe/Stockholm"),
    _colleague("psm3", "Grace Mbatha", "psm", "Partner Success Manager", "Africa/Johannesburg"),
    _colleague("tam", "Jonas Albrecht", "tam", "Technical Account Manager", "Europe/Berlin"),
    _colleague("tam2", "Mei-Ling Chou", "tam", "Technical Account Manager", "Asia/Singapore"),
    _colleague("tam3", "Carlos Ibáñez", "tam", "Technical Account Manager", "America/Mexico_City"),
    _colleague("tam4", "Fatou Diallo", "tam", "Technical Account Manager", "Europe/Paris"),
    _colleague("csm", "Laura Bennett", "csm", "Customer Success Manager", "Europe/London"),
    _colleague("csm2", "Henrik Dahl", "csm", "Customer Success Manager", "Europe/Copenhagen"),
    _colleague("csm3", "Shira Levi", "csm", "Customer Success Manager", "Asia/Jerusalem"),
    _colleague("csm4", "Diego Fuentes", "csm", "Customer Success Manager", "America/Santiago"),
    _colleague("integration", "Wei Zhang", "integration", "Integration Success Specialist", "Asia/Singapore"),
    _colleague("integration2", "Saoirse Byrne", "integration", "Integration Success Specialist", "Europe/Dublin"),
    _colleague("support", "Amir Haddad", "support", "Support Engineer", "Asia/Dubai"),
    _colleague("support2", "Bronwyn Clarke", "support", "Support Engineer", "Australia/Sydney"),
    _colleague("senior", "Ivana Horvat", "senior", "Senior Support Engineer", "Europe/Zagreb"),
    _colleague("senior2", "Kwame Asante", "senior", "Senior Support Engineer", "Europe/London"),
    _colleague("supportlead", "Ruth Feldman", "supportlead", "Support Manager", "America/New_York"),
    _colleague("supportlead2", "Giulia Conti", "supportlead", "Support Manager", "Europe/Rome"),
    _colleague("techlead", "Matthias Kern", "techlead", "Technical Success Manager", "Europe/Berlin"),
    _colleague("techlead2", "Aisha Rahman", "techlead", "Technical Success Manager", "Asia/Singapore"),
    _colleague("csmlead", "Victoria Osei", "csmlead", "Senior Customer Success Manager", "Europe/London"),
    _colleague("csmlead2", "Paulo Ferreira", "csmlead", "Senior Customer Success Manager", "America/Sao_Paulo"),
    _colleague("manager", "Helena Strand", "manager", "Director, Partner Organization", "Europe/Oslo"),
    _colleague("manager2", "William Tran", "manager", "VP Customer Success", "America/Los_Angeles"),
    _colleague("admin", "Sofia Marin", "admin", "Operations Lead", "Europe/Madrid"),
    _colleague("admin2", "Ben Ødegaard", "admin", "Systems Administrator", "Europe/Oslo"),
    _colleague("sales", "Chloe Martens", "sales", "Account Executive", "Europe/Brussels"),
    _colleague("account.manager", "Rafael Costa", "account_manager", "Account Manager", "America/Sao_Paulo"),
    _colleague("architect", "Ingrid Solheim", "solution_architect", "Solution Architect", "Europe/Oslo"),
    _colleague(
        "implementation", "Samuel Adeyemi", "implementation_engineer", "Implementation Engineer", "Africa/Lagos"
    ),
    _colleague("product", "Noor Khan", "product", "Product Manager", "Europe/London"),
)

# name, kind, purpose, leads, members
TEAMS: tuple[tuple[str, str, str, tuple[str, ...], tuple[str, ...]], ...] = (
    (
        "Partner managers",
        "partner_management",
        "Relationships with partners, contracts, owners",
        (),
        ("pam", "pam2", "pam3"),
    ),
    ("Partner development", "partner_development", "Qualification, go-to-market, training", (), ("pdm", "pdm2")),
    ("Technical program", "technical_program", "Integrations of partners in Gate 2", (), ("tpm", "tpm2", "tpm3")),
    ("Partner success", "partner_success", "Readiness and launch of partners", (), ("psm", "psm2", "psm3")),
    (
        "Technical success Europe",
        "technical_success",
        "Technical health of partners and accounts in Europe and Africa",
        ("techlead",),
        ("tam", "tam4", "integration2"),
    ),
    (
        "Technical success Asia and Americas",
        "technical_success",
        "Technical health of partners and accounts in Asia and the Americas",
        ("techlead2",),
        ("tam2", "tam3", "integration"),
    ),
    (
        "Customer success enterprise",
        "customer_success",
        "Enterprise accounts: adoption, reviews, renewals",
        ("csmlead",),
        ("csm", "csm2"),
    ),
    (
        "Customer success growth",
        "customer_success",
        "Mid-market and small accounts: adoption and renewals",
        ("csmlead2",),
        ("csm3", "csm4"),
    ),
    (
        "Support desk",
        "support",
        "First answers to tickets, around the clock on working days",
        ("supportlead",),
        ("support", "support2"),
    ),
    ("Escalations", "support", "Hard and urgent tickets", ("supportlead2",), ("senior", "senior2")),
    (
        "Sales and pre-sales",
        "sales",
        "Contracts, offers, solution design",
        (),
        ("sales", "account.manager", "architect", "implementation"),
    ),
    ("Product", "product", "Roadmap, feature requests, beta programs", (), ("product",)),
    ("Leadership", "leadership", "Decisions across teams", ("manager",), ("manager2",)),
)

_OFFICE = [["09:00", "12:30"], ["13:15", "17:45"]]
_DESK = [["08:00", "18:00"]]
_LONG = [["09:00", "17:30"]]
_EARLY = [["08:30", "17:00"]]
_WORKDAYS = ("mon", "tue", "wed", "thu", "fri")


@dataclass(frozen=True, kw_only=True)
class House:
    """A working calendar, with whose it is."""

    name: str
    timezone: str
    country: str
    subdivision: str
    weekly: dict[str, list[list[str]]]
    members: tuple[str, ...]


HOUSES: tuple[House, ...] = (
    House(
        name="Berlin office",
        timezone="Europe/Berlin",
        country="DE",
        subdivision="BE",
        weekly=dict.fromkeys(_WORKDAYS, _OFFICE),
        members=("tam", "techlead", "tpm", "psm2", "csm2", "pdm2", "tam4"),
    ),
    House(
        name="London office",
        timezone="Europe/London",
        country="GB",
        subdivision="ENG",
        weekly=dict.fromkeys(_WORKDAYS, _LONG),
        members=("csm", "csmlead", "pdm", "senior2", "product"),
    ),
    House(
        name="Support desk Europe",
        timezone="Europe/Zagreb",
        country="HR",
        subdivision="",
        weekly=dict.fromkeys(_WORKDAYS, _DESK) | {"sat": [["10:00", "14:00"]]},
        members=("senior", "supportlead2"),
    ),
    House(
        name="Dubai desk",
        timezone="Asia/Dubai",
        country="AE",
        subdivision="",
        weekly=dict.fromkeys(("mon", "tue", "wed", "thu"), _DESK) | {"fri": [["08:00", "12:00"]]},
        members=("support",),
    ),
    House(
        name="New York office",
        timezone="America/New_York",
        country="US",
        subdivision="NY",
        weekly=dict.fromkeys(_WORKDAYS, _EARLY),
        members=("tpm2", "supportlead"),
    ),
)
