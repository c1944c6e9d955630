"""Which teacher the parameters ask for."""

from fitsense.params import TeacherParams
from fitsense.teacher.openai_compatible import OpenAICompatibleTeacher
from fitsense.teacher.protocol import Teacher
from fitsense.teacher.rule_based import RuleBasedTeacher


def make_teacher(params: TeacherParams) -> Teacher:
    """Make the teacher that `teacher.provider` names; raises TeacherError when it cannot work."""
    if params.provider == "rule_based":
        return RuleBasedTeacher(params.model_name)
    return OpenAICompatibleTeacher(params)
