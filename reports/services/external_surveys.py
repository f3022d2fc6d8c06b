"""Surveys from outside are kept: counts of answers, of no organization and of nobody by name."""

from datetime import datetime

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from accounts.rules.access import Actor
from accounts.services import activity
from common.errors import DomainError, NotAllowed
from reports.models import ExternalQuestion, ExternalSurvey
from reports.rules.survey_files import Counted, SurveyMapping


@transaction.atomic
def keep(
    *,
    mapping: SurveyMapping,
    counted: Counted,
    file_name: str,
    file_hash: str,
    mapping_hash: str,
    by: Actor,
    now: datetime,
    replace: bool = False,
) -> tuple[ExternalSurvey, bool]:
    """Keep a wave, and say whether it is new. The same file by the same mapping is here already and stays as it is.

    Raises NotAllowed; DomainError "wave" where the wave is here from another file or mapping, unless `replace`.
    """
    if not by.has("import_data") or by.user_id is None:
        raise NotAllowed(_("You do not import data."))
    before = ExternalSurvey.objects.select_for_update().filter(name=mapping.name, wave=mapping.wave).first()
    if before is not None and (before.file_hash, before.mapping_hash) == (file_hash, mapping_hash):
        return before, False
    if before is not None and not replace:
        message = _("%(name)s %(wave)s is here already, from another file or mapping.")
        message %= {"name": mapping.name, "wave": mapping.wave}
        raise DomainError(message, field="file", code="wave")
    if before is not None:
        before.delete()
    made = ExternalSurvey(
        name=mapping.name,
        wave=mapping.wave,
        source=mapping.source,
        file_name=file_name.replace("\0", "")[:200],
        file_hash=file_hash,
        mapping_hash=mapping_hash,
        rows=counted.rows,
        weight_column=mapping.weight,
        imported_by_id=by.user_id,
        imported_at=now,
    )
    try:
        with transaction.atomic():
            made.save()
    except IntegrityError:
        message = _("Somebody else brings this wave at this moment: look at the list of surveys.")
        raise DomainError(message, field="file", code="wave") from None
    ExternalQuestion.objects.bulk_create(_questions(made, mapping, counted))
    changes = {"file": made.file_name, "sha256": file_hash, "rows": counted.rows, "replaced": before is not None}
    activity.record(verb="survey.imported", target=made, now=now, actor_id=by.user_id, changes=changes)
    return made, True


def _questions(survey: ExternalSurvey, mapping: SurveyMapping, counted: Counted) -> list[ExternalQuestion]:
    return [
        ExternalQuestion(
            survey=survey,
            position=position,
            key=question.key,
            label=question.label,
            kind=question.scale.value,
            counts={str(score): many for score, many in sorted(counted.scores[question.key].items())},
            left_out=dict(sorted(counted.left_out[question.key].items())),
        )
        for position, question in enumerate(mapping.questions)
    ]
