"""The people of the demo world and what is known of its organizations."""

from partners.models import RecordFact, Stakeholder


def test_people_are_assessed_and_organizations_known() -> None:
    assert Stakeholder.objects.filter(is_sponsor=True, left_on__isnull=True).count() > 100
    assert 3 <= Stakeholder.objects.filter(is_sponsor=True, left_on__isnull=False).count() <= 20
    here = Stakeholder.objects.filter(organization__archived_at__isnull=True, contact__archived_at__isnull=True)
    assert not here.filter(influence="unknown").exists()
    assert Stakeholder.objects.filter(last_two_way_at__isnull=False).exists()
    assert RecordFact.objects.filter(profile="technical").exists()
    assert RecordFact.objects.filter(profile="business", author__isnull=False).exists()
