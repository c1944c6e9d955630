"""The command line's `drift` and `load`: one run's data against another's, and a run's tables into a database.

    python -m fitsense drift default-6f078f4a release-4
    python -m fitsense load default-6f078f4a sqlite:///people.db

Exit codes: 0 done, 1 something drifted, 2 bad input. Knows no threshold and no table itself.
"""

import argparse
import sys

from fitsense.cli_adapters import BAD_INPUT, folder_of

DRIFTED = 1


def add_data_commands(commands) -> None:
    """Describe `drift` and `load`."""
    drift = commands.add_parser("drift", help="how far a run's data lie from an earlier run's",
                                description="Compare two runs' people and requests; write a page and a report.")
    drift.add_argument("reference", metavar="RUN_A", help="the earlier run: a run id, or a run's folder")
    drift.add_argument("current", metavar="RUN_B", help="the later run; the page goes into its folder")
    drift.add_argument("--params", default="params/default.yaml", metavar="FILE", help="whose drift_alert counts")
    drift.set_defaults(run=run_data_command, act=report_drift)
    load = commands.add_parser("load", help="a run's tables into SQLite or PostgreSQL",
                               description="Create the schema and insert a run's rows, foreign keys on.")
    load.add_argument("folder", metavar="RUN", help="a run id, or a run's folder")
    load.add_argument("url", metavar="URL", help="sqlite:///FILE or postgresql+psycopg://USER@HOST/NAME; no rows in it yet")
    load.set_defaults(run=run_data_command, act=load_tables)


def run_data_command(args: argparse.Namespace) -> int:
    """Run one of the commands; every complaint is one line."""
    from sqlalchemy.exc import SQLAlchemyError

    from fitsense.artifacts import ArtifactError
    from fitsense.params import ParamsError
    try:
        return args.act(args)
    except (ArtifactError, ParamsError, SQLAlchemyError) as error:
        print(" ".join(str(error).split())[:500], file=sys.stderr)
        return BAD_INPUT


def report_drift(args: argparse.Namespace) -> int:
    """Write the page; print what drifted, largest first, and where the page is."""
    from fitsense.drift_page import compare_runs
    from fitsense.params import load_params
    reference, current = folder_of(args.reference), folder_of(args.current)
    folder = current / "drift" / reference.name
    report = compare_runs(reference, current, folder, load_params(args.params).validation)
    for feature in report["features"]:
        if feature["alert"]:
            print(f"{feature['name']}: PSI {feature['psi']:.3f}, chance gives up to {feature['chance_limit']:.3f}")
    print(f"{len(report['alerts'])} of {report['n_compared']} columns and properties drifted; {folder / 'drift.html'}")
    return DRIFTED if report["alerts"] else 0


def load_tables(args: argparse.Namespace) -> int:
    """Load a run; print its row counts."""
    from fitsense.synthesis.database import load_run, open_database
    engine = open_database(args.url)
    counts = load_run(folder_of(args.folder) / "01_synthesis", engine)
    engine.dispose()
    print(f"{sum(counts.values())} rows in {len(counts)} tables: {', '.join(f'{name} {n}' for name, n in counts.items())}")
    return 0
