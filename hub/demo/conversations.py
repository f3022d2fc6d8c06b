"""What was sent in by mail, and in which talk promises were made."""

from datetime import datetime, timedelta
from hashlib import sha256

from django.db.models import OuterRef, Subquery, Value

from partners.models import Commitment, Contact, Interaction, MailAddress, Organization
from partners.rules.mail_in import TOKEN_LENGTH
from partners.services.interactions import log_mail

DAY = timedelta(days=1)
_WITH_ADDRESS = 12
# Subject and what they wrote; taken in turn.
MAILS = (
    ("Numbers of last week", "The import ran through twice without a fault. We would like to switch the old one off."),
    ("Who comes to the workshop", "Four of us: two from operations, one from support, and me. Please send an agenda."),
    ("Question on the upgrade", "Our window is the second weekend of the month. Can your people be on call then?"),
    ("Thanks for yesterday", "That was useful. I passed the plan on to our management and will come back to you."),
)


def talk(*, now: datetime) -> None:
    """Some organizations have an address and wrote to it; a promise was made in the talk just before it."""
    running = Organization.objects.filter(archived_at__isnull=True, stage__in=("post_launch", "live"))
    for place, organization in enumerate(running.order_by("pk")[:_WITH_ADDRESS]):
        token = sha256(f"demo address {place}".encode()).hexdigest()[:TOKEN_LENGTH]
        MailAddress.objects.create(organization=organization, token=token, created_at=now - 40 * DAY)
        _write(organization, place, now - (place + 2) * DAY)
    before = Interaction.objects.filter(
        organization=OuterRef("organization"), happened_at__lte=OuterRef("made_at"), archived_at__isnull=True
    ).order_by("-happened_at", "-pk")
    unsourced = Commitment.objects.filter(source_type="", made_at__lte=now)
    found = Subquery(before.values("pk")[:1])
    unsourced.annotate(talk=found).filter(talk__isnull=False).update(
        source_type=Value("interaction"), source_id=Subquery(before.values("pk")[:1])
    )


def _write(organization: Organization, place: int, at: datetime) -> None:
    contact = Contact.objects.filter(organization=organization, archived_at__isnull=True).order_by("pk").first()
    if contact is None:
        return
    subject, text = MAILS[place % len(MAILS)]
    log_mail(
        organization=organization,
        author_id=None,
        values={"summary": subject, "body": text, "is_two_way": True, "source_key": f"demo-{place}@client.example"},
        contacts=[contact],
        now=at,
    )
