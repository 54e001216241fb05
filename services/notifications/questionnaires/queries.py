"""The registry of forms."""

from services.notifications.policy import POLICY
from services.notifications.questionnaires.repository import Questionnaires
from services.notifications.questionnaires.views import QuestionnairesView, QuestionnaireView
from shared.identity.policy import Resource
from shared.principal import Principal


def list_questionnaires(caller: Principal, questionnaires: Questionnaires) -> QuestionnairesView:
    """List the forms by topic, in the version that is sent now."""
    POLICY.require(caller, "view", Resource("Questionnaire", "all"))
    return QuestionnairesView(
        items=tuple(
            QuestionnaireView.of_questionnaire(each) for each in questionnaires.all_latest()
        )
    )
