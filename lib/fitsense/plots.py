"""One figure style for every notebook and report: sizes, fonts, and a palette that survives colour blindness.

Rooms keep their own figures in `<room>/figures.py`; each takes data, returns a matplotlib Figure, and saves nothing.
"""

import matplotlib.pyplot as plt
import seaborn as sns
from matplotlib.figure import Figure

# Okabe-Ito order, darkened where text sits on it; one colour a system, the same in every figure.
INK, MUTED, GRID = "#1f2933", "#7b8794", "#e4e7eb"
PALETTE = ("#0072b2", "#d55e00", "#009e73", "#cc79a7", "#e69f00", "#56b4e9", "#7b8794")
SYSTEM_COLOURS = {"base": "#7b8794", "student": "#0072b2", "student_grammar": "#56b4e9", "student_guarded": "#009e73",
                  "teacher": "#1f2933", "nearest": "#e69f00"}


def set_style() -> None:
    """Set the style; call once at the top of a notebook."""
    sns.set_theme(style="whitegrid", palette=list(PALETTE), rc={
        "figure.figsize": (9, 4), "figure.dpi": 96, "savefig.dpi": 120, "figure.constrained_layout.use": True,
        "axes.edgecolor": GRID, "axes.labelcolor": INK, "axes.titlelocation": "left", "axes.titleweight": "bold",
        "axes.titlesize": 12, "text.color": INK, "xtick.color": INK, "ytick.color": INK, "grid.color": GRID,
        "axes.spines.top": False, "axes.spines.right": False, "legend.frameon": False, "font.size": 10})


def new_figure(n_columns: int = 1, n_rows: int = 1, width: float = 9, height: float = 4) -> tuple[Figure, list]:
    """A figure and a flat list of its axes (sizes in inches)."""
    figure, axes = plt.subplots(n_rows, n_columns, figsize=(width, height), squeeze=False)
    return figure, list(axes.flat)


def save_figure(figure: Figure, path) -> None:
    """Save a figure as PNG without a creation date, so that equal data gives equal bytes; then close it."""
    path.parent.mkdir(parents=True, exist_ok=True)
    figure.savefig(path, metadata={"Software": None, "Creation Time": None})
    plt.close(figure)
