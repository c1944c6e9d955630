"""Run the whole experiment: notebooks 01 to 07 under one params file, resumed where it was left.

    python run_all.py --params params/default.yaml
    python run_all.py --params params/smoke.yaml --set training.learning_rate=2e-3 --from 05

Exit codes: 0 done; 1 a fault in a notebook (traceback shown); 2 something for you to mend (one line says what).
"""

import argparse
import sys

from fitsense.pipeline import RunRequest, explain, list_stages, run_pipeline
from fitsense.report import print_closing, publish


def parse_arguments() -> argparse.Namespace:
    """The command line."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--params", default="params/default.yaml", help="one YAML = one experiment")
    parser.add_argument("--set", action="append", default=[], metavar="KEY=VALUE", help="override, e.g. training.epochs=2")
    parser.add_argument("--run-id", default="", help="default: <params name>-<hash of the parameters>")
    parser.add_argument("--from", dest="first", default="", metavar="STAGE", help="start at this stage, e.g. 05")
    parser.add_argument("--only", default="", metavar="STAGE", help="this stage alone")
    parser.add_argument("--force", action="store_true", help="run even what is up to date")
    parser.add_argument("--list", action="store_true", help="show the state of every stage and stop")
    parser.add_argument("--publish", action="store_true", help="copy HTML, tables and figures to reports/ afterwards")
    return parser.parse_args()


def main() -> int:
    """Run, and turn what a person can mend into one line and exit code 2."""
    arguments = parse_arguments()
    request = RunRequest(arguments.params, tuple(arguments.set), arguments.run_id, arguments.first, arguments.only,
                         arguments.force)
    try:
        if arguments.list:
            for stage, state, seconds in list_stages(request):
                print(f"{stage:24} {state:40} {seconds}")
            return 0
        run_dir = run_pipeline(request)
        if arguments.publish:
            publish(run_dir)
        print_closing(run_dir)
    except Exception as error:
        message = explain(error)
        if message is None:
            raise
        print(f"error: {message}", file=sys.stderr)
        return 2
    return 0


if __name__ == "__main__":
    sys.exit(main())
