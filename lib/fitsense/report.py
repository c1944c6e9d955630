"""Reports: a run's notebooks as HTML with an index page, the copy that is published, the README's generated tables.

    build_reports(run_dir)     # outputs/<run_id>/reports/index.html
    publish(run_dir)           # reports/: HTML, tables, figures, stages.json, and the README's generated blocks

Reads what the stages wrote; computes no figure of its own.
"""

import html
import shutil
from pathlib import Path

import nbformat
import pandas as pd
from nbconvert import HTMLExporter

from fitsense.artifacts import (
    RELEASE_CARD,
    RELEASE_DIR,
    STAGES,
    UPSTREAM,
    ArtifactError,
    changed_file,
    read_json,
    read_manifest,
    write_json,
    write_text,
)
from fitsense.evaluation.suites import HEADLINE_ROWS, SYSTEM_MEANINGS
from fitsense.page_style import COLOURS
from fitsense.params import ROOT

WIDGET = "application/vnd.jupyter.widget-view+json"
STYLE = COLOURS + """
body{font:16px/1.5 system-ui,sans-serif;max-width:64rem;margin:2rem auto;padding:0 1rem;color:var(--ink);background:var(--ground)}
h1,h2{line-height:1.2}table{border-collapse:collapse;font-size:.85rem;display:block;overflow-x:auto}
th,td{padding:.35rem .6rem;border-bottom:1px solid var(--line);text-align:left;white-space:nowrap}
figure{margin:1.5rem 0}img{max-width:100%}figcaption,.muted{color:var(--mute);font-size:.85rem}a{color:var(--link)}
@media(prefers-color-scheme:dark){img{background:#fff}}"""
NO_RELEASE = "No adapter is released yet."
GUARDED = f"student_guarded: {SYSTEM_MEANINGS['student_guarded']}."


def build_reports(run_dir: Path) -> Path:
    """Write HTML for every executed notebook of a run and an index page with headline table and figures."""
    folder = run_dir / "reports"
    for notebook in sorted((run_dir / "notebooks").glob("*.ipynb")):
        page = folder / f"{notebook.stem}.html"
        if not page.is_file() or page.stat().st_mtime <= max(notebook.stat().st_mtime, Path(__file__).stat().st_mtime):
            write_text(page, notebook_html(notebook))
    for figure in _figures(run_dir):
        target = folder / "figures" / f"{figure.parent.parent.name}-{figure.name}"
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(figure, target)
    return write_text(folder / "index.html", index_page(run_dir, folder))


def notebook_html(path: Path) -> str:
    """One executed notebook as a self-contained page without this machine's paths."""
    notebook = nbformat.read(path, as_version=4)
    notebook.metadata.pop("widgets", None)
    for cell in [cell for cell in notebook.cells if cell.cell_type == "code"]:  # a widget without its kernel is noise
        cell.outputs = [output for output in cell.get("outputs", []) if WIDGET not in output.get("data", {})]
    exporter = HTMLExporter(exclude_input_prompt=True, exclude_output_prompt=True, require_js_url="", mathjax_url="")
    body, _ = exporter.from_notebook_node(notebook, resources={"metadata": {"name": path.stem}})
    return without_machine_paths(body)


def without_machine_paths(text: str) -> str:
    """Replace the repository's and the home folder's absolute paths by what a reader can use."""
    for folder, shown in ((ROOT, "."), (Path.home(), "~")):
        text = text.replace(str(folder), shown)
    return text


def _figures(run_dir: Path) -> list[Path]:
    return [figure for stage in STAGES for figure in sorted((run_dir / stage / "figures").glob("*.png"))]


def headline_table(folder: Path) -> pd.DataFrame:
    """The headline metrics (rows) by system (columns) from a comparison_table.csv; raises ArtifactError if absent."""
    path = folder / "comparison_table.csv"
    if not path.is_file():
        raise ArtifactError(f"{path}: missing; repair: run stage 06")
    table = pd.read_csv(path, index_col=0, keep_default_na=False)
    return table.loc[[metric for metric in HEADLINE_ROWS if metric in table.index]]


def index_page(run_dir: Path, folder: Path) -> str:
    """The run's front page: headline table, figures, links to every notebook."""
    evaluated = (run_dir / "06_evaluation" / "comparison_table.csv").is_file()
    table = headline_table(run_dir / "06_evaluation").to_html(border=0) if evaluated else "<p>06 has not run yet.</p>"
    links = "".join(f'<li><a href="{page.name}">{html.escape(page.stem.replace("_", " "))}</a></li>'
                    for page in sorted(folder.glob("0*.html")))
    figures = "".join(
        f'<figure><img loading="lazy" src="figures/{figure.name}" alt="{html.escape(_caption(figure))}">'
        f"<figcaption>{html.escape(_caption(figure))}</figcaption></figure>"
        for figure in sorted((folder / "figures").glob("*.png"), key=lambda f: (not f.name.startswith("06"), f.name)))
    return (f'<!doctype html><html lang="en"><meta charset="utf-8"><meta name="viewport" '
            f'content="width=device-width,initial-scale=1"><title>FitSense: {html.escape(run_dir.name)}</title>'
            f"<style>{STYLE}</style><h1>FitSense: {html.escape(run_dir.name)}</h1>"
            f'<p class="muted">Every figure is value [interval] over n held-out requests, at the confidence that '
            f"evaluation_report.json names; what does not parse counts as wrong. {html.escape(GUARDED)}</p>"
            f"<h2>Headline</h2>{table}<h2>Notebooks</h2><ol>{links}</ol><h2>Figures</h2>{figures}</html>\n")


def _caption(figure: Path) -> str:
    stage, _, name = figure.stem.partition("-")
    return f"{stage[:2]}: {name.replace('_', ' ')}"


def print_closing(run_dir: Path) -> None:
    """Say where the report is, show the headline, say how to open the app."""
    if (run_dir / "06_evaluation" / "comparison_table.csv").is_file():
        print("\n" + headline_table(run_dir / "06_evaluation").to_string())
    shown = run_dir.relative_to(ROOT) if run_dir.is_relative_to(ROOT) else run_dir
    print(f"\nreport: {shown}/reports/index.html\napp:    make demo   (opens the coach on http://127.0.0.1)")


def publish(run_dir: Path, target: Path = ROOT / "reports") -> None:
    """Copy a whole run's pages, tables and figures to reports/, then rewrite the README's generated blocks."""
    manifests = {stage: read_manifest(run_dir, stage) for stage in STAGES}
    for stage in STAGES:
        if why := changed_file(run_dir, stage):
            raise ArtifactError(f"{run_dir / stage}: {why}, so the run is not published; repair: run it again, then --publish")
    for old in (*target.glob("0*.html"), *(target / "figures").glob("*.png")):
        old.unlink()
    shutil.copytree(run_dir / "reports", target, dirs_exist_ok=True)
    for table in ("comparison_table.csv", "evaluation_report.json"):
        shutil.copyfile(run_dir / "06_evaluation" / table, target / table)
    write_json(target / "stages.json", {
        "run_id": run_dir.name, "params": manifests[STAGES[-1]]["params_name"],
        "code_version": {stage: manifest["code_version"] for stage, manifest in manifests.items()},
        "packages": manifests[STAGES[-1]]["packages"],
        "seconds": {stage: manifest["seconds"] for stage, manifest in manifests.items()},
        "peak_memory_mb": {stage: manifest["peak_memory_mb"] for stage, manifest in manifests.items()},
        "facts": {stage: manifest["facts"] for stage, manifest in manifests.items()}})
    readme = ROOT / "README.md"
    write_text(readme, with_generated_blocks(readme.read_text(), target))


def with_generated_blocks(readme: str, reports: Path = ROOT / "reports") -> str:
    """The README with its generated tables made anew: stages and results of the published run, results of the release."""
    results = results_markdown(reports, f"Run `{read_json(reports / 'stages.json')['run_id']}`")
    for name, table in (("stages", stages_markdown(reports)), ("results", results), ("release", release_markdown())):
        begin, end = f"<!-- generated: {name} -->", f"<!-- end: {name} -->"
        head, _, rest = readme.partition(begin)
        _, _, tail = rest.partition(end)
        readme = f"{head}{begin}\n{table}\n{end}{tail}"
    return readme


def stages_markdown(reports: Path) -> str:
    """Stage, reads, writes, minutes: from the code's own tables and the published run's clock."""
    published = read_json(reports / "stages.json")
    rows = ["| stage | reads | writes | minutes | peak memory |", "|---|---|---|---|---|"]
    for stage in STAGES:
        reads = ", ".join(f"`{file}`" for file in UPSTREAM[stage]) or "parameters"
        rows.append(f"| `{stage}` | {reads} | {WRITES[stage]} | {published['seconds'][stage] / 60:.1f} | "
                    f"{published['peak_memory_mb'][stage] / 1024:.1f} GB |")
    rows.append(f"| all | | | {sum(published['seconds'].values()) / 60:.1f} | "
                f"{max(published['peak_memory_mb'].values()) / 1024:.1f} GB |")
    return "\n".join(rows)


WRITES = {
    "01_synthesis": "25 tables (Parquet, `tables.sql`), `queries.jsonl`",
    "02_teacher_labelling": "`responses.jsonl`, `rejected.jsonl`, `ledger.json`",
    "03_distillation": "`train/val/test.jsonl`, `dataset_manifest.json`, dataset card",
    "04_validation": "validation, statistics, anomaly and bias reports",
    "05_qlora_training": "`adapter/` with its card, `training_log.jsonl`",
    "06_evaluation": "`predictions.jsonl`, `evaluation_report.json`, tables",
    "07_coaching_demo": "`exchange.json`: a client's visit to the app",
}


def release_markdown(folder: Path = RELEASE_DIR) -> str:
    """What the released adapter is, whether it passes its gate, and its headline table; or that there is none."""
    if not (folder / RELEASE_CARD).is_file():
        return NO_RELEASE
    card = read_json(folder / RELEASE_CARD)
    below = f", provisional, below its gate ({'; '.join(card['below_gate'])})" if card["below_gate"] else ""
    minutes, tokens = card["training"]["seconds"] / 60, int(card["training"]["tokens"])
    about = (f"`{card['version']}` of run `{card['run_id']}`{below}: {tokens:,} training tokens in {minutes:.0f} minutes, "
             f"{card['parameters']['training']['learning_rate']:g} learning rate")
    return results_markdown(folder, about)


def results_markdown(folder: Path, about: str) -> str:
    """A headline table as Markdown, from a folder with comparison_table.csv and evaluation_report.json."""
    table, confidence = headline_table(folder), read_json(folder / "evaluation_report.json")["meta"]["confidence"]
    lines = [f"{about}: value [{confidence:.0%} interval] n. {GUARDED}", "",
             "| metric | " + " | ".join(table.columns) + " |", "|---" * (len(table.columns) + 1) + "|"]
    lines += ["| " + " | ".join([str(name), *map(str, row)]) + " |" for name, row in zip(table.index, table.values, strict=True)]
    return "\n".join(lines)
