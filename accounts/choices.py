"""The closed lists that describe people and access. Pure: the words shown for them are in accounts/labels.py."""

from enum import StrEnum


class Role(StrEnum):
    """What a user of the vendor may do. A user may hold several; rights add up."""

    PAM = "pam"
    PDM = "pdm"
    TPM = "tpm"
    PSM = "psm"
    TAM = "tam"
    CSM = "csm"
    INTEGRATION = "integration"
    SUPPORT = "support"
    SENIOR = "senior"
    SUPPORT_LEAD = "supportlead"
    TECH_LEAD = "techlead"
    CSM_LEAD = "csmlead"
    MANAGER = "manager"
    ADMIN = "admin"


class ParticipantRole(StrEnum):
    """A part in which a person is assigned to an organization without owning it: the summary and the own tasks."""

    SALES = "sales"
    ACCOUNT_MANAGER = "account_manager"
    SOLUTION_ARCHITECT = "solution_architect"
    IMPLEMENTATION_ENGINEER = "implementation_engineer"
    PRODUCT = "product"


class Kind(StrEnum):
    """The two kinds of organization; each has one journey."""

    PARTNER = "partner"
    CUSTOMER = "customer"


class AccessStage(StrEnum):
    """What a stage of a journey is called in the access table; every stage names one."""

    PRE_CONTRACT = "pre_contract"
    GATE_0 = "gate_0"
    GATE_1 = "gate_1"
    GATE_2 = "gate_2"
    GATE_3 = "gate_3"
    POST_LAUNCH = "post_launch"
    PRE_SALES = "pre_sales"
    KICK_OFF = "kick_off"
    INTEGRATE = "integrate"
    ADOPT = "adopt"
    LIVE = "live"


class Audience(StrEnum):
    """Who a user is to the vendor: one of its people, or a contact of an organization who uses the portal."""

    STAFF = "staff"
    CONTACT = "contact"


class TeamKind(StrEnum):
    """What a team is for; the directory of team contacts is grouped by it."""

    PARTNER_MANAGEMENT = "partner_management"
    PARTNER_DEVELOPMENT = "partner_development"
    TECHNICAL_PROGRAM = "technical_program"
    PARTNER_SUCCESS = "partner_success"
    TECHNICAL_SUCCESS = "technical_success"
    CUSTOMER_SUCCESS = "customer_success"
    SUPPORT = "support"
    SALES = "sales"
    PRODUCT = "product"
    LEADERSHIP = "leadership"


KINDS: tuple[str, ...] = tuple(Kind)

# In journey order: the explainer says from which stage on a role sees an organization.
PARTNER_STAGES: tuple[AccessStage, ...] = (
    AccessStage.PRE_CONTRACT,
    AccessStage.GATE_0,
    AccessStage.GATE_1,
    AccessStage.GATE_2,
    AccessStage.GATE_3,
    AccessStage.POST_LAUNCH,
)
CUSTOMER_STAGES: tuple[AccessStage, ...] = (
    AccessStage.PRE_SALES,
    AccessStage.KICK_OFF,
    AccessStage.INTEGRATE,
    AccessStage.ADOPT,
    AccessStage.LIVE,
)
STAGES_BY_KIND: dict[str, tuple[AccessStage, ...]] = {Kind.PARTNER: PARTNER_STAGES, Kind.CUSTOMER: CUSTOMER_STAGES}

OWNER_ROLES: frozenset[str] = frozenset(
    {Role.PAM, Role.PDM, Role.TPM, Role.PSM, Role.TAM, Role.CSM, Role.INTEGRATION},
)
PARTICIPANT_ROLES: frozenset[str] = frozenset(ParticipantRole)
SUPPORT_ROLES: frozenset[str] = frozenset({Role.SUPPORT, Role.SENIOR, Role.SUPPORT_LEAD})
LEAD_ROLES: frozenset[str] = frozenset({Role.TECH_LEAD, Role.CSM_LEAD})

# Every role an assignment may carry.
ASSIGNMENT_ROLES: frozenset[str] = OWNER_ROLES | PARTICIPANT_ROLES

# Every role a user may hold. A participant role opens the summaries of the organizations its holder is assigned to.
USER_ROLES: tuple[str, ...] = tuple(role.value for role in (*Role, *ParticipantRole))
