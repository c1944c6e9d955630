"""Self-check: the app as a client sees it: a profile goes in over HTTP, a plan comes out, the verifier reads it.

Knows the endpoints and the verifier's door; shares no memory with the app it checks.
"""

import time
from dataclasses import asdict, dataclass
from pathlib import Path

from gradio_client import Client

from fitsense.artifacts import write_json
from fitsense.coach.conversation import verify_profile_plan
from fitsense.contracts.plan import Plan
from fitsense.contracts.profile import Profile
from fitsense.contracts.strictness import dump_compact, load_contract, parse_json


@dataclass(frozen=True)
class Exchange:
    """One exchange: what went in, what came out, the guard's account, what the verifier says; seconds it took."""

    profile: dict
    plan: dict
    guard: dict
    violations: list[dict]
    latency_s: float

    def record(self, path: Path) -> Path:
        """Write the exchange as JSON; holds no clock and no address but the seconds it took."""
        return write_json(path, asdict(self))


def check_as_client(url: str, profile: Profile, auth: tuple[str, str] | None = None) -> Exchange:
    """Ask a running app for a plan as any client would and verify what it says; raises what the client raises."""
    client = Client(url, auth=auth, verbose=False, analytics_enabled=False)
    try:
        started = time.perf_counter()
        plan_text, guard_text = client.predict(profile=dump_compact(profile), api_name="/plan")
        seconds = round(time.perf_counter() - started, 1)
    finally:
        client.close()
    plan = load_contract(Plan, plan_text, "plan")
    left = [asdict(item) for item in verify_profile_plan(profile, plan)]
    return Exchange(
        profile.model_dump(mode="json"), plan.model_dump(mode="json"), parse_json(guard_text, "guard"), left, seconds
    )
