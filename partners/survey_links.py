"""The signed links of surveys, and what their five answers say.

A link names the request and is signed; when it ends says its row, so that the end can be read and told. The score
stands beside the token and is not signed: whoever holds the link may give any answer, and change it. Opening a
link gives no answer (ADR 0025): programs that look through mails open every one.
"""

from uuid import UUID

from django.core import signing
from django.utils.translation import gettext as _

from partners.models import SurveyRequest
from partners.rules.nps import SCORES as NPS_SCORES
from partners.survey_choices import SurveyKind

_SALT = "partners.survey"
_MOST = 200


def token_of(request: SurveyRequest) -> str:
    """What stands in the links of a mail."""
    return signing.dumps(request.public_id.hex, salt=_SALT)


def read_token(token: str) -> UUID | None:
    """The id of the request behind a token that we have signed; None for every other text."""
    if len(token) > _MOST:
        return None
    try:
        return UUID(hex=signing.loads(token, salt=_SALT))
    except (signing.BadSignature, ValueError, TypeError, AttributeError):
        return None


def score_words(kind: str = SurveyKind.CSAT) -> dict[int, str]:
    """What each score of a kind says, best first, in the language in force; of a campaign the ends alone."""
    if kind == SurveyKind.NPS:
        ends = {10: _("Extremely likely"), 0: _("Not at all likely")}
        return {score: ends.get(score, "") for score in reversed(NPS_SCORES)}
    return {
        5: _("Very satisfied"),
        4: _("Satisfied"),
        3: _("Neither nor"),
        2: _("Not satisfied"),
        1: _("Not at all satisfied"),
    }
