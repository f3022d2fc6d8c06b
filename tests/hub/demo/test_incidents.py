"""Incidents of the demo world: one that goes on and is late, one that was learned from and shared."""

from django.utils import timezone

from accounts.actors import actor_for
from accounts.models import User
from common.models import Outbox
from common.scope import scoped
from partners.models import Contact
from tickets.models import Incident, PostMortem, PreventionAction
from tickets.rules.post_mortems import SHAREABLE
from tickets.scope import scope_of
from tickets.selectors.portal_incidents import portal_incident_page


def test_one_goes_on_and_its_update_is_due() -> None:
    running = Incident.objects.unresolved().get()
    assert (running.severity, running.state) == ("s1", "identified")
    assert running.update_due_at is not None
    assert running.update_due_at <= timezone.now()
    assert running.commander is not None
    assert all(row.play_run is not None for row in running.affected.all())


def test_of_the_other_one_everything_was_learned() -> None:
    over = Incident.objects.get(state="closed")
    learned = PostMortem.objects.get(incident=over)
    assert learned.due_at is not None
    assert learned.published_at is not None
    assert learned.published_at < learned.due_at
    assert learned.shared_sections == [*SHAREABLE]
    assert PreventionAction.objects.count() >= 4
    assert not PreventionAction.objects.filter(commitment__isnull=True).exists()


def test_a_contact_reads_what_is_shared_and_nobody_was_sent_mail() -> None:
    over = Incident.objects.get(state="closed")
    here = over.affected.values("organization_id")
    contact = Contact.objects.filter(user__isnull=False, organization_id__in=here).earliest("pk")
    actor = actor_for(User.objects.get(pk=contact.user_id), organization_id=contact.organization_id)
    with scoped(scope_of(actor)):
        page = portal_incident_page(actor, over.number)
    assert page is not None
    assert len(page.updates) == 4
    assert len(page.learned) == len(SHAREABLE)
    assert page.is_followed
    assert not Outbox.objects.filter(done_at__isnull=True).exists()
