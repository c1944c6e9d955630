"""The command line's `adapters`: list, compare, promote and roll back released adapters (see training.registry), time one.

    python -m fitsense adapters promote release-1 --params params/release.yaml

Exit codes: 0 done, 1 refused (every failed gate on stderr, with the figures), 2 bad input. Knows no gate itself.
"""

import argparse
import sys
from pathlib import Path

REFUSED, BAD_INPUT = 1, 2


def add_adapters_command(commands) -> None:
    """Describe `adapters` and its four actions."""
    text = "versions of the released adapter"
    command = commands.add_parser("adapters", help=text, description=f"{text.capitalize()}: list, compare, promote, roll back.")
    actions = command.add_subparsers(dest="action", required=True, metavar="ACTION")
    actions.add_parser("list", help="every version at hand, the released one marked")
    comparison = actions.add_parser("compare", help="two evaluations side by side")
    comparison.add_argument("candidate", metavar="RUN", help="a run id, or a run's or release's folder")
    comparison.add_argument("other", nargs="?", metavar="OTHER", help="the same (default: the released adapter)")
    promotion = actions.add_parser("promote", help="release a run's adapter if it passes every gate")
    promotion.add_argument("candidate", metavar="RUN", help="a run id or a run's folder")
    promotion.add_argument("--params", default="params/release.yaml", metavar="FILE", help="whose gate it must pass")
    promotion.add_argument("--provisional", action="store_true", help="release it below its gate, saying so everywhere, where "
                           "no adapter that passes is released")
    rolling = actions.add_parser("rollback", help="release an earlier version again")
    rolling.add_argument("version", nargs="?", metavar="VERSION", help="default: the one the released adapter replaced")
    timing = actions.add_parser("speed", help="seconds a plan with drafts and without, paired (minutes; on an idle machine)")
    timing.add_argument("adapter", nargs="?", default="outputs/release/adapter", metavar="ADAPTER", help="an adapter's folder")
    timing.add_argument("-n", type=int, default=10, help="how many of the twenty people of reports/hard_profiles.html")
    timing.add_argument("--max-new-tokens", type=int, default=1200, help="where a plan is cut off")
    command.set_defaults(run=run_adapters)


def run_adapters(args: argparse.Namespace) -> int:
    """Run one action; every complaint is one line a reason."""
    from fitsense.artifacts import ArtifactError
    from fitsense.models.adapters import AdapterError
    from fitsense.params import ParamsError
    from fitsense.training.registry import ReleaseRefused
    try:
        return ACTIONS[args.action](args)
    except ReleaseRefused as refused:
        print(str(refused).replace("; ", ";\n  "), file=sys.stderr)
        return REFUSED
    except (ArtifactError, AdapterError, ParamsError) as error:
        print(" ".join(str(error).split()), file=sys.stderr)
        return BAD_INPUT


def list_adapters(args: argparse.Namespace) -> int:
    """Print one line a version."""
    from fitsense.training.registry import versions
    cards = versions()
    if not cards:
        print("no adapter is released; python -m fitsense adapters promote RUN releases one")
    for card in cards:
        figures = ", ".join(f"{path} {cell['value'] if cell else 'not measured'}" for path, cell in card["figures"].items())
        kind = "  provisional" if card["below_gate"] else ""
        print(f"{'*' if card['released'] else ' '} {card['version']}  run {card['run_id']}{kind}  {figures}")
    return 0


def compare_adapters(args: argparse.Namespace) -> int:
    """Print a table of the watched figures."""
    from fitsense.training.registry import RELEASE_DIR, compare, show_cell
    other = folder_of(args.other) if args.other else RELEASE_DIR
    for row in compare(folder_of(args.candidate), other):
        print(f"{row['verdict']:12}  {row['metric']}: {show_cell(row['candidate'])} against {show_cell(row['other'])}")
    return 0


def promote_adapter(args: argparse.Namespace) -> int:
    """Release a run's adapter."""
    from fitsense.params import load_params
    from fitsense.training.registry import promote
    card = promote(folder_of(args.candidate), load_params(args.params).gate, args.provisional)
    for failure in card["below_gate"]:
        print(f"below its gate: {failure}")
    place = f"it replaces {card['replaces']}" if card["replaces"] else "it is the first"
    print(f"released {card['version']} of run {card['run_id']}; {place}")
    return 0


def roll_back(args: argparse.Namespace) -> int:
    """Release an earlier version again."""
    from fitsense.training.registry import rollback
    print(f"released {rollback(args.version)['version']} again")
    return 0


def time_adapter(args: argparse.Namespace) -> int:
    """Print one line a person, then medians and shares."""
    from statistics import median

    from fitsense.coach.speed import compare_decoding
    from fitsense.contracts.requests import make_request
    from fitsense.planning.derive import with_derived
    from fitsense.showcase import load_people
    people = load_people()[:args.n]
    requests = [make_request("plan_creation", with_derived(profile)) for _, profile in people]
    rows = compare_decoding(Path(args.adapter), requests, args.max_new_tokens)
    for (who, _), row in zip(people, rows, strict=True):
        print(f"{row['plain_s']:7.1f} s  {row['drafted_s']:6.1f} s  {row['n_tokens']:5} tokens  "
              f"{'same tokens' if row['same_tokens'] else 'same plan' if row['same_plan'] else 'another plan'}  {who}")
    plain, drafted = (median(row[name] for row in rows) for name in ("plain_s", "drafted_s"))
    print(f"median {plain:.1f} s plain, {drafted:.1f} s with drafts ({drafted / plain:.2f} of it); same tokens "
          f"{sum(row['same_tokens'] for row in rows)}, same plan {sum(row['same_plan'] for row in rows)} of {len(rows)}")
    return 0


def folder_of(run: str) -> Path:
    """A run id, or any folder, as a folder; ArtifactError where there is neither."""
    from fitsense.artifacts import ArtifactError, outputs_dir
    for folder in (outputs_dir() / run, Path(run)):
        if folder.is_dir():
            return folder
    raise ArtifactError(f"run: got {run!r}; allowed: a run id under {outputs_dir().name}/, or a folder")


ACTIONS = {"list": list_adapters, "compare": compare_adapters, "promote": promote_adapter, "rollback": roll_back,
           "speed": time_adapter}
