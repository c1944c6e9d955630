"""Answers: a coaching question answered in at most 100 words from the facts given, after triage.

Uses nothing but the facts; a fact that doses or diagnoses is left out. Knows nothing of finding facts.
"""

from fitsense.contracts.requests import QuestionInput
from fitsense.safety.text_checks import check_words
from fitsense.safety.triage import triage_text

MOST_WORDS = 100
NO_FACTS = "I have no facts on that. Ask me about your plan, an exercise, effort, recovery, sleep or food basics."
CLOSING = "Stop if you feel sharp pain, dizziness or chest discomfort."


def answer_question(given: QuestionInput) -> str:
    """Answer one question; a warning sign in it gets the safety message alone."""
    result = triage_text(given.question)
    if result.triage in ("emergency", "stop_and_refer"):
        return result.message
    opening = [result.message] if result.triage == "modify" else []
    facts = [_as_sentence(fact) for fact in given.facts if not check_words("facts", fact)]
    if not facts:
        return " ".join([*opening, NO_FACTS])
    chosen = list(opening)
    for fact in facts:
        if _count_words([*chosen, fact, CLOSING]) <= MOST_WORDS:
            chosen.append(fact)
    return " ".join([*chosen, CLOSING] if not opening else chosen)


def _as_sentence(fact: str) -> str:
    text = " ".join(fact.split())
    return text if text.endswith((".", "!", "?")) else text + "."


def _count_words(texts: list[str]) -> int:
    return sum(len(text.split()) for text in texts)
