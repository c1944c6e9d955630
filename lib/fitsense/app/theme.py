"""Theme: colours, type and spacing of the app, light and dark, from 390 pixels up; no font is fetched from anywhere.

Knows nothing of what is shown.
"""

import gradio as gr

FONT = ["system-ui", "-apple-system", "Segoe UI", "Roboto", "Helvetica Neue", "sans-serif"]
MONO = ["ui-monospace", "SFMono-Regular", "Menlo", "Consolas", "monospace"]


def app_theme() -> gr.themes.Base:
    """The theme handed to launch(): teal on stone, system fonts."""
    return gr.themes.Base(
        primary_hue="teal", secondary_hue="amber", neutral_hue="stone", radius_size="lg", font=FONT, font_mono=MONO
    ).set(
        body_background_fill="#f6f5f2",
        body_background_fill_dark="#161514",
        block_background_fill="#ffffff",
        block_background_fill_dark="#211f1d",
        block_border_width="1px",
        block_shadow="none",
        block_label_text_weight="500",
        button_primary_background_fill="#0f766e",
        button_primary_background_fill_hover="#115e59",
        button_primary_background_fill_dark="#0f766e",
        button_primary_background_fill_hover_dark="#0d9488",
        button_primary_text_color="#ffffff",
        button_primary_text_color_dark="#ffffff",
    )


CSS = """
:root { --fs-card: #ffffff; --fs-line: #e4e0d8; --fs-ink: #24211d; --fs-soft: #6b645a; --fs-teal: #0f766e;
  --fs-red: #b42318; --fs-redbg: #fdecea; --fs-amber: #92400e; --fs-amberbg: #fdf3dc; --fs-greenbg: #e6f4ef; }
.dark { --fs-card: #211f1d; --fs-line: #3a3632; --fs-ink: #f0ede8; --fs-soft: #aba398; --fs-teal: #2dd4bf;
  --fs-red: #fda29b; --fs-redbg: #42120e; --fs-amber: #fcd34d; --fs-amberbg: #3b2a0a; --fs-greenbg: #0e2f29; }
.gradio-container { max-width: 1160px !important; margin: 0 auto !important; }
.fs-head { display: flex; flex-wrap: wrap; gap: 12px 32px; justify-content: space-between; align-items: flex-end;
  padding: 12px 2px; color: var(--fs-ink); }
.fs-name { font-size: 1.7rem; font-weight: 700; letter-spacing: -.02em; color: var(--fs-teal); line-height: 1.1; }
.fs-tag { color: var(--fs-soft); }
.fs-adapter { display: flex; flex-direction: column; gap: 2px; font-size: .85rem; max-width: 520px;
  color: var(--fs-soft); overflow-wrap: anywhere; }
.fs-adapter b { color: var(--fs-ink); }
.fs-chip { display: inline-block; align-self: flex-start; border: 1px solid var(--fs-teal);
  color: var(--fs-teal); border-radius: 999px; padding: 0 10px; font-size: .78rem; }
.fs-card { background: var(--fs-card); border: 1px solid var(--fs-line); border-radius: 12px; padding: 14px 16px;
  color: var(--fs-ink); min-width: 0; margin: 0; }
.fs-card p { margin: 4px 0; } .fs-card h4 { margin: 0 0 6px; font-size: .95rem; color: var(--fs-ink); }
.fs-title { font-size: 1.35rem; margin: 4px 0 2px; color: var(--fs-ink); }
.fs-lead { color: var(--fs-ink); margin: 6px 0 12px; }
.fs-week { display: grid; grid-template-columns: repeat(auto-fit, minmax(270px, 1fr)); gap: 12px; margin-bottom: 12px; }
.fs-grid { display: grid; grid-template-columns: repeat(auto-fit, minmax(280px, 1fr)); gap: 12px; }
.fs-day { display: flex; flex-wrap: wrap; gap: 2px 10px; align-items: baseline; border-bottom: 1px solid var(--fs-line);
  padding-bottom: 8px; margin-bottom: 4px; }
.fs-day h3 { margin: 0; font-size: 1.05rem; color: var(--fs-teal); } .fs-meta { margin-left: auto; }
.fs-meta, .fs-sub, .fs-note { color: var(--fs-soft); font-size: .85rem; }
.fs-entries, .fs-plain { list-style: none !important; margin: 0; padding: 0 !important; }
.fs-entries li { padding: 8px 0; border-bottom: 1px dashed var(--fs-line); margin: 0; }
.fs-entries li:last-child { border: 0; }
.fs-plain li { margin: 0 0 6px; overflow-wrap: anywhere; }
.fs-line { display: flex; gap: 12px; justify-content: space-between; }
.fs-dose { white-space: nowrap; font-weight: 600; }
.fs-note { font-style: italic; } .fs-big { font-size: 1.15rem; font-weight: 600; }
.fs-macros { display: flex; height: 10px; border-radius: 6px; overflow: hidden; gap: 2px; }
.fs-protein { background: #0f766e; } .fs-carbs { background: #d97706; } .fs-fat { background: #78716c; }
.fs-banner { border-left: 6px solid; border-radius: 10px; padding: 12px 16px; margin-bottom: 12px; }
.fs-banner b { font-size: 1.05rem; color: inherit; } .fs-banner p { margin: 4px 0 0; color: var(--fs-ink); }
.fs-emergency { background: var(--fs-redbg); color: var(--fs-red); border-color: var(--fs-red); }
.fs-emergency b { font-size: 1.3rem; }
.fs-stop_and_refer, .fs-modify { background: var(--fs-amberbg); color: var(--fs-amber); border-color: var(--fs-amber); }
.fs-proceed { background: var(--fs-greenbg); color: var(--fs-teal); border-color: var(--fs-teal); }
.fs-kept { height: 8px; border-radius: 6px; background: var(--fs-line); overflow: hidden; margin: 6px 0; }
.fs-kept i { display: block; height: 100%; background: var(--fs-teal); }
.fs-guard { border-left: 4px solid var(--fs-teal); }
.fs-guard.fs-repaired, .fs-guard.fs-replaced { border-left-color: #d97706; }
.fs-guard summary { cursor: pointer; padding: 6px 0; }
#plan { min-height: 70vh; scroll-margin-top: 12px; } #units { scroll-margin-top: 12px; }
a.fs-chip { text-decoration: none; padding: 4px 12px; margin: 8px 0; }
.fs-wait { display: flex; flex-direction: column; gap: 4px; } .fs-wait span { color: var(--fs-soft); }
.fs-bar { height: 4px; border-radius: 4px; background: var(--fs-line); overflow: hidden; }
.fs-bar i { display: block; width: 30%; height: 100%; background: var(--fs-teal);
  animation: fs-slide 1.4s infinite ease-in-out; }
@keyframes fs-slide { from { margin-left: -30%; } to { margin-left: 100%; } }
@media (prefers-reduced-motion: reduce) { .fs-bar i { animation: none; width: 100%; } }
@media (max-width: 640px) { .gradio-container { padding: 8px !important; } .fs-head { align-items: flex-start; }
  .fs-meta { margin-left: 0; } .fs-week, .fs-grid { grid-template-columns: 1fr; } }
"""
