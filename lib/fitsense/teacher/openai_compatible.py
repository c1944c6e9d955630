"""A teacher behind any OpenAI-compatible chat endpoint, through the official client.

The key comes from the environment variable that params name and is never written anywhere. Time-outs, 429 and 5xx are
retried by the client; a truncated or empty reply is a problem of that reply; a refused key or
unknown model stops the run.
"""

import os
import time
from urllib.parse import urlsplit

import openai

from fitsense.contracts.requests import Request
from fitsense.params import TeacherParams
from fitsense.teacher.prompting import build_prompt
from fitsense.teacher.protocol import RequestFailed, TeacherAnswer, TeacherError

LOOPBACK = {"127.0.0.1", "::1", "localhost"}
FATAL = (openai.AuthenticationError, openai.PermissionDeniedError, openai.NotFoundError)


class OpenAICompatibleTeacher:
    """A chat model at `base_url`; asked at temperature 0 where the server allows it."""

    provider = "openai_compatible"
    deterministic = False

    def __init__(self, params: TeacherParams):
        self.model_name = params.model_name
        self.fingerprint = params.base_url
        self._params = params
        self._options = {"max_tokens": params.max_tokens, "temperature": 0}
        self._client = make_client(params)

    def read_prompt(self, request: Request, refusal: str = "") -> str:
        """Return the message this teacher is sent."""
        return build_prompt(request, refusal)

    def answer(self, request: Request, refusal: str = "") -> TeacherAnswer:
        """Ask once (the client retries transport faults); raises RequestFailed or TeacherError."""
        started = time.monotonic()
        completion = self._complete(self.read_prompt(request, refusal))
        latency_ms = round((time.monotonic() - started) * 1000, 1)
        choice = completion.choices[0] if completion.choices else None
        raw = (choice.message.content or "") if choice else ""
        usage = completion.usage
        tokens = {"prompt": usage.prompt_tokens, "completion": usage.completion_tokens} if usage else None
        problem = self._find_problem(choice.finish_reason if choice else None, raw)
        return TeacherAnswer(strip_fences(raw), raw, tokens, latency_ms, problem)

    def _find_problem(self, finish_reason: str | None, raw: str) -> str | None:
        if finish_reason == "length":
            return f"truncated at teacher.max_tokens={self._params.max_tokens}"
        if finish_reason not in ("stop", None):
            return f"finish_reason {finish_reason}"
        return None if raw.strip() else "empty reply"

    def _complete(self, prompt: str):
        messages = [{"role": "user", "content": prompt}]
        for _ in range(3):
            try:
                return self._client.chat.completions.create(model=self.model_name, messages=messages, **self._options)
            except FATAL as error:
                raise TeacherError(f"teacher {self.model_name} at {self._params.base_url}: HTTP {error.status_code}, "
                                   f"{_say(error)}; repair: check {self._params.api_key_env}, teacher.base_url and "
                                   "teacher.model_name") from None
            except openai.BadRequestError as error:
                if not self._drop_option(str(error)):
                    raise RequestFailed(f"HTTP 400: {_say(error)}") from None
            except openai.APITimeoutError:
                raise RequestFailed(f"no answer within teacher.timeout_s={self._params.timeout_s:g}") from None
            except openai.APIConnectionError as error:
                raise TeacherError(f"teacher.base_url: nothing answers at {self._params.base_url} ({_say(error)}); "
                                   "repair: start the server, then run again: answers so far are kept") from None
            except openai.APIStatusError as error:
                raise RequestFailed(f"HTTP {error.status_code}: {_say(error)}") from None
        raise RequestFailed("HTTP 400: the server accepts neither max_tokens nor max_completion_tokens")

    def _drop_option(self, complaint: str) -> bool:
        """Adjust to a server that refuses an option by name (max_tokens under its old name, any temperature)."""
        if "max_completion_tokens" in complaint and "max_tokens" in self._options:
            self._options["max_completion_tokens"] = self._options.pop("max_tokens")
            return True
        return "temperature" in complaint and self._options.pop("temperature", None) is not None


def make_client(params: TeacherParams) -> openai.OpenAI:
    """Open the official client; only a server on this machine may go without a key."""
    loopback = urlsplit(params.base_url).hostname in LOOPBACK
    key = os.environ.get(params.api_key_env, "").strip()
    if not key and not loopback:
        raise TeacherError(f"teacher.api_key_env: the environment variable {params.api_key_env} is not set, and "
                           f"{params.base_url} is not on this machine; repair: export {params.api_key_env}=<your key>")
    return openai.OpenAI(api_key=key or "not-needed", base_url=params.base_url, timeout=params.timeout_s,
                         max_retries=params.max_attempts - 1,
                         http_client=openai.DefaultHttpxClient(trust_env=not loopback))


def strip_fences(text: str) -> str:
    """Take the answer out of a Markdown code fence, where a model put it in one."""
    text = text.strip()
    if text.startswith("```") and text.endswith("```") and "\n" in text:
        return text.split("\n", 1)[1].removesuffix("```").strip()
    return text


def _say(error: openai.APIError) -> str:
    return " ".join(str(error.message).split())[:200]
