"""Roles in words and in families, and the closed list of capabilities. Pure: no Django, no clock.

Which role holds which capability is policy data (policies/default/access.yaml); what a capability is, is code, because
code asks for it. The texts here are message ids: accounts/labels.py translates them.
"""

from collections.abc import Mapping
from types import MappingProxyType

from accounts.choices import OWNER_ROLES, PARTICIPANT_ROLES, Kind, ParticipantRole, Role


def gettext_noop(msgid: str) -> str:
    """Mark a text for the translators and return it as it is (xgettext knows this name; rules import no Django)."""
    return msgid


# Which roles may own an organization of which kind (roles-and-access.md, the two tables). Participants may join both.
OWNER_ROLES_BY_KIND: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        Kind.PARTNER: (Role.PAM, Role.PDM, Role.TPM, Role.PSM, Role.TAM, Role.CSM, Role.INTEGRATION),
        Kind.CUSTOMER: (Role.CSM, Role.TAM, Role.INTEGRATION),
    },
)

# An organization-bound capability that a role may hold on its own organizations only is named "<capability>_own".
OWN_SUFFIX = "_own"

# Each text continues the sentence "A person with this right may ...".
CAPABILITIES: Mapping[str, str] = MappingProxyType(
    {
        # organizations
        "create_partner": gettext_noop("create partners"),
        "create_customer": gettext_noop("create customer accounts"),
        "edit_organization": gettext_noop("edit the facts of organizations they work on"),
        "change_tier": gettext_noop("change a tier, segment or gemstone by hand"),
        "delete_organization": gettext_noop("archive and delete organizations"),
        "assign_owners": gettext_noop("assign owners and participants to every organization"),
        "assign_owners_own": gettext_noop("assign owners and participants to their own organizations"),
        "log_interaction": gettext_noop("log calls, mails and meetings on organizations they see"),
        "edit_contacts": gettext_noop("add and edit contacts of organizations they work on"),
        "invite_contact": gettext_noop("invite contacts of organizations they work on to the portal"),
        # the journey
        "override_gate": gettext_noop("override a failed gate with a written reason"),
        "grant_waiver": gettext_noop("waive a criterion with a reason until a day"),
        "decide_context_grant": gettext_noop(
            "open the answers of earlier stages of every organization for a limited time"
        ),
        "decide_context_grant_own": gettext_noop(
            "open the answers of earlier stages of their own organizations for a limited time"
        ),
        # data in and out
        "import_data": gettext_noop("import data from files and other tools"),
        "export_data": gettext_noop("export the rows they see"),
        "see_reports": gettext_noop("see reports about the organizations they see"),
        # the relationship
        "manage_feedback": gettext_noop("say what becomes of product feedback, run beta programs and campaigns"),
        # support
        "see_queue_tickets": gettext_noop("see the tickets of the queues their teams serve"),
        "see_all_tickets": gettext_noop("see every ticket"),
        "see_ticket_card": gettext_noop("see the card of the organization behind a ticket"),
        "read_assigned_profile": gettext_noop("read the technical profile behind a ticket assigned to them"),
        "write_public_reply": gettext_noop("answer a ticket so that the contact reads it"),
        "see_support_reports": gettext_noop("see the support reports"),
        "review_quality": gettext_noop("review the quality of solved tickets and see the reviews of everybody"),
        "manage_calendars": gettext_noop("edit working calendars and absences of others"),
        "manage_support": gettext_noop("edit SLA policies, routing and macros"),
        # people, policy and the house
        "manage_people": gettext_noop("invite people, give and take roles, edit teams"),
        "manage_training": gettext_noop("say what training is due each month, and see who has done it"),
        "manage_policies": gettext_noop("edit the policies and put a version in force"),
        "manage_connectors": gettext_noop("connect other tools and webhooks"),
        "explain_for_others": gettext_noop("ask why another person can or cannot see something"),
        "read_audit": gettext_noop("read the audit trail"),
        "erase_person": gettext_noop("export and erase the personal data of a contact"),
        "replay_jobs": gettext_noop("see and replay work that was set aside"),
        "use_admin": gettext_noop("open the administration site"),
    },
)

# Without these no admin could repair the policy: a version that takes one from the admin is refused.
ADMIN_KEEPS: frozenset[str] = frozenset({"manage_people", "manage_policies", "use_admin", "assign_owners"})

ROLE_LABELS: Mapping[str, str] = MappingProxyType(
    {
        Role.PAM: gettext_noop("Partner Account Manager"),
        Role.PDM: gettext_noop("Partner Development Manager"),
        Role.TPM: gettext_noop("Technical Program Manager"),
        Role.PSM: gettext_noop("Partner Success Manager"),
        Role.TAM: gettext_noop("Technical Account Manager"),
        Role.CSM: gettext_noop("Customer Success Manager"),
        Role.INTEGRATION: gettext_noop("Integration Success Specialist"),
        Role.SUPPORT: gettext_noop("Support Engineer"),
        Role.SENIOR: gettext_noop("Senior Support Engineer"),
        Role.SUPPORT_LEAD: gettext_noop("Support Manager"),
        Role.TECH_LEAD: gettext_noop("Technical Success Manager"),
        Role.CSM_LEAD: gettext_noop("Senior Customer Success Manager"),
        Role.MANAGER: gettext_noop("Manager"),
        Role.ADMIN: gettext_noop("Administrator"),
        ParticipantRole.SALES: gettext_noop("Sales"),
        ParticipantRole.ACCOUNT_MANAGER: gettext_noop("Account Manager"),
        ParticipantRole.SOLUTION_ARCHITECT: gettext_noop("Solution Architect"),
        ParticipantRole.IMPLEMENTATION_ENGINEER: gettext_noop("Implementation Engineer"),
        ParticipantRole.PRODUCT: gettext_noop("Product"),
    },
)

# As people say it: "You are TAM of Northwind".
ROLE_SHORT_LABELS: Mapping[str, str] = MappingProxyType(
    {
        **ROLE_LABELS,
        Role.PAM: gettext_noop("PAM"),
        Role.PDM: gettext_noop("PDM"),
        Role.TPM: gettext_noop("TPM"),
        Role.PSM: gettext_noop("PSM"),
        Role.TAM: gettext_noop("TAM"),
        Role.CSM: gettext_noop("CSM"),
        Role.INTEGRATION: gettext_noop("Integration Specialist"),
    },
)

# Any one holder of the role, as the subject of a sentence: "a TAM sees a partner from Gate 3 on".
ROLE_PHRASES: Mapping[str, str] = MappingProxyType(
    {
        Role.PAM: gettext_noop("a PAM"),
        Role.PDM: gettext_noop("a PDM"),
        Role.TPM: gettext_noop("a TPM"),
        Role.PSM: gettext_noop("a PSM"),
        Role.TAM: gettext_noop("a TAM"),
        Role.CSM: gettext_noop("a CSM"),
        Role.INTEGRATION: gettext_noop("an Integration Specialist"),
        Role.SUPPORT: gettext_noop("a Support Engineer"),
        Role.SENIOR: gettext_noop("a Senior Support Engineer"),
        Role.SUPPORT_LEAD: gettext_noop("a Support Manager"),
        Role.TECH_LEAD: gettext_noop("a Technical Success Manager"),
        Role.CSM_LEAD: gettext_noop("a Senior CSM"),
        Role.MANAGER: gettext_noop("a manager"),
        Role.ADMIN: gettext_noop("an administrator"),
        ParticipantRole.SALES: gettext_noop("a person from sales"),
        ParticipantRole.ACCOUNT_MANAGER: gettext_noop("an Account Manager"),
        ParticipantRole.SOLUTION_ARCHITECT: gettext_noop("a Solution Architect"),
        ParticipantRole.IMPLEMENTATION_ENGINEER: gettext_noop("an Implementation Engineer"),
        ParticipantRole.PRODUCT: gettext_noop("a person from product"),
    },
)


def may_own(role: str, kind: str) -> bool:
    """Say whether `role` may own an organization of `kind` ("partner" or "customer")."""
    return role in OWNER_ROLES_BY_KIND.get(kind, ())


def may_be_assigned(role: str, kind: str) -> bool:
    """Say whether an assignment to an organization of `kind` may carry `role`: as an owner or as a participant."""
    return role in PARTICIPANT_ROLES or may_own(role, kind)


def is_owner_role(role: str) -> bool:
    """Tell owning roles from participating ones and from those that are never assigned."""
    return role in OWNER_ROLES
