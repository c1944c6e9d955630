"""The drift page: one run against another as one HTML file, largest shifts first, with both distributions drawn.

    python -m fitsense drift RUN_A RUN_B        # writes outputs/<RUN_B>/drift/<RUN_A>/drift.html and drift_report.json

Reads what 01 and 03 of both runs wrote; computes nothing itself (see validation.drift).
"""

from html import escape
from pathlib import Path

from fitsense.artifacts import read_manifest, write_json, write_text
from fitsense.page_style import COLOURS
from fitsense.params import ValidationParams
from fitsense.validation.drift import measure_drift, sample_material
from fitsense.validation.loading import Material, load_material

STYLE = f"""{COLOURS}
body{{margin:0 auto;max-width:70rem;padding:1rem;font:16px/1.5 system-ui,sans-serif;color:var(--ink);background:var(--ground)}}
.mute{{color:var(--mute)}}.drifted{{color:var(--warn);font-weight:600}}.wide{{overflow-x:auto}}
table{{border-collapse:collapse;width:100%}}th,td{{padding:.3rem .6rem;text-align:left;border-bottom:1px solid var(--line)}}
td.number{{text-align:right;font-variant-numeric:tabular-nums}}svg{{display:block}}
.before{{fill:var(--mute)}}.after{{fill:var(--link)}}"""
BAR, GAP, HEIGHT = 7, 4, 34  # pixels of a bar, between bins, and of the tallest bar


def compare_runs(reference_dir: Path, current_dir: Path, folder: Path, params: ValidationParams) -> dict:
    """Measure the drift of a run against an earlier one; write drift_report.json and drift.html into `folder`.

    Raises ArtifactError where a run has not finished 03.
    """
    reference, current = read_run(reference_dir), read_run(current_dir)
    report = {"reference": reference_dir.name, "current": current_dir.name,
              **measure_drift(sample_material(reference), sample_material(current), params)}
    write_json(folder / "drift_report.json", report)
    write_text(folder / "drift.html", render_page(report))
    return report


def read_run(run_dir: Path) -> Material:
    """The tables and records of a run whose data stages have finished; raises ArtifactError."""
    for stage in ("01_synthesis", "03_distillation"):
        read_manifest(run_dir, stage)
    return load_material(run_dir / "01_synthesis", run_dir / "03_distillation")


def render_page(report: dict) -> str:
    """The whole page."""
    alerts = ", ".join(report["alerts"]) or "none"
    limits = report["thresholds"]
    head = "<tr><th>Column or property</th><th>PSI</th><th>Chance</th><th>Verdict</th><th>Before and after</th></tr>"
    rows = "".join(render_row(feature) for feature in report["features"])
    title = f"Drift of {escape(report['current'])} against {escape(report['reference'])}"
    return (f'<!doctype html><html lang="en"><meta charset="utf-8"><meta name="viewport" content="width=device-width">'
            f"<title>{title}</title><style>{STYLE}</style><h1>{title}</h1>"
            f"<p>{report['n_compared']} columns and properties compared. Alerts: {escape(alerts)}.</p>"
            f'<p class="mute">PSI is the population stability index: under {limits["little_change"]:g} little change, over '
            f"{limits['alert']:g} an alert, if it is also more than chance gives between equal populations of so many people. "
            f"Grey: {escape(report['reference'])}; blue: {escape(report['current'])}; one pair of bars a bin of the former.</p>"
            f'<div class="wide"><table>{head}{rows}</table></div></html>\n')


def render_row(feature: dict) -> str:
    """One column or property: its figures and its two distributions."""
    verdict = f'<td class="{"drifted" if feature["alert"] else "mute"}">{feature["verdict"]}</td>'
    return (f"<tr><td>{escape(feature['name'])}</td>"
            f'<td class="number">{feature["psi"]:.3f}</td><td class="number">{feature["chance_limit"]:.3f}</td>{verdict}'
            f"<td>{draw_bars(feature)}</td></tr>")


def draw_bars(feature: dict) -> str:
    """Shares by bin as pairs of bars, the tallest filling the height; each names its bin when pointed at."""
    tallest = max([*feature["reference"], *feature["current"], 1e-9])
    step, marks = 2 * BAR + GAP, []
    for place, (name, before, after) in enumerate(zip(feature["bins"], feature["reference"], feature["current"], strict=True)):
        for offset, kind, share in ((0, "before", before), (BAR, "after", after)):
            tall = HEIGHT * share / tallest
            marks.append(f'<rect class="{kind}" x="{place * step + offset}" y="{HEIGHT - tall:.1f}" width="{BAR}" '
                         f'height="{tall:.1f}"><title>{escape(name)}: {share:.1%}</title></rect>')
    wide = len(feature["bins"]) * step
    return f'<svg width="{wide}" height="{HEIGHT}" role="img" aria-label="{escape(feature["name"])}">{"".join(marks)}</svg>'
