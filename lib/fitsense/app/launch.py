"""Launch: choose the coach, open the app on loopback, close it again; sharing only behind a name and a password.

    app = launch_app(run_dir, params=params, block=False)
    app.url, app.choice.reason
    app.close()

Knows Gradio's server and the environment variable that says "batch"; knows nothing of the page's content.
"""

import os
from dataclasses import dataclass
from pathlib import Path

import gradio as gr
from pydantic import ValidationError
from sqlalchemy.exc import SQLAlchemyError

from fitsense.app.desk import Desk
from fitsense.app.page import build_page
from fitsense.app.theme import CSS, app_theme
from fitsense.artifacts import RELEASE_DIR, ArtifactError
from fitsense.coach.choice import AdapterChoice, OpenedCoach, newest_run, open_coach, params_of
from fitsense.coach.store import InteractionStore
from fitsense.params import Params

BATCH_VARIABLE = "FITSENSE_BATCH"
FREE_THREADS = 40  # for what never waits for the coach, beside one thread for everybody who does


class AppError(RuntimeError):
    """The app cannot be opened as asked; the message says what to do."""


@dataclass
class LaunchedApp:
    """An open app: where it listens, which adapter answers and why."""

    url: str
    choice: AdapterChoice
    page: gr.Blocks
    store: InteractionStore | None = None

    def close(self) -> None:
        """Stop the server and let go of the store's file."""
        self.page.close(verbose=False)
        self.close_store()

    def wait(self) -> None:
        """Serve until interrupted, then close."""
        try:
            self.page.block_thread()
        finally:
            self.close_store()

    def close_store(self) -> None:
        """Let go of the store's file, if there is one."""
        if self.store is not None:
            self.store.close()


def launch_app(
    run_dir: Path | None = None,
    share: bool = False,
    auth: str | tuple[str, str] | None = None,
    block: bool = True,
    params: Params | None = None,
    release_dir: Path = RELEASE_DIR,
    store_path: Path | None = None,
) -> LaunchedApp:
    """Open the app: on the given run's adapter, else the newest run's, else the released one, else the rules.

    `auth` is (user, password) or "user:password", required with `share`; AppError where it is missing. `store_path`
    None keeps nothing. `params` None: those the run was made with. With `block` it serves until interrupted.
    """
    credentials = check_auth(share, auth)
    run_dir = run_dir or newest_run()
    params = params or _read_params(run_dir)
    opened = _open_chosen(run_dir, params, release_dir)
    store = _open_store(store_path) if store_path else None
    page = build_page(Desk(opened, store, params.demo.queue_limit))
    app = LaunchedApp("", opened.choice, page, store)
    try:
        _serve(page, params, share, credentials)
    except OSError as error:  # the port is taken
        app.close_store()
        raise AppError(f"demo.port: got {params.demo.port}; allowed: a free port, or 0 for any ({error})") from error
    app.url = page.share_url or page.local_url
    if share and not page.share_url:
        app.close()
        raise AppError("share: no share link could be made (is the internet reachable?); run without --share instead")
    if block:
        choice = opened.choice
        print(f"FitSense coach: {app.url}  ({choice.label}: {choice.reason}); stop with Ctrl+C", flush=True)
        app.wait()
    return app


def _read_params(run_dir: Path | None) -> Params:
    try:
        return params_of(run_dir)
    except (ArtifactError, ValidationError) as error:  # a broken manifest, or one that other code wrote
        raise AppError(f"{run_dir}: its settings cannot be read; run its stage 07 again ({error})") from error


def _open_store(path: Path) -> InteractionStore:
    try:
        return InteractionStore(path)
    except (OSError, SQLAlchemyError) as error:
        raise AppError(f"store: got {path}; allowed: a file that can be written as a database ({error})") from error


def _serve(page: gr.Blocks, params: Params, share: bool, auth: tuple[str, str] | None) -> None:
    # The desk bounds how many wait (demo.queue_limit): a bound here would refuse an emergency as well.
    page.queue(max_size=None, default_concurrency_limit=4)
    page.launch(
        server_name="127.0.0.1",
        server_port=params.demo.port or None,
        share=share,
        auth=auth,
        prevent_thread_lock=True,
        quiet=True,
        theme=app_theme(),
        css=CSS,
        ssr_mode=False,
        inline=False,
        inbrowser=False,
        footer_links=["api"],
        max_threads=FREE_THREADS + params.demo.queue_limit,
        enable_monitoring=False,
    )


def _open_chosen(run_dir: Path | None, params: Params, release_dir: Path) -> OpenedCoach:
    try:
        return open_coach(run_dir, params, release_dir)
    except RuntimeError as error:  # an adapter that does not fit its base, a base that cannot be fetched
        raise AppError(f"coach: {error}") from error


def check_auth(share: bool, auth: str | tuple[str, str] | None) -> tuple[str, str] | None:
    """Check credentials; a share link without them is refused, since it opens the app to the whole internet."""
    if auth is None:
        if share:
            raise AppError(
                "share: refused without a name and a password, since a share link is open to the whole "
                "internet; add --auth USER:PASS"
            )
        return None
    user, _, password = auth.partition(":") if isinstance(auth, str) else (auth[0], "", auth[1])
    if not user or not password:
        raise AppError("auth: got an empty name or password; allowed: USER:PASS, both not empty")
    return user, password


def close_unless_interactive(app: LaunchedApp) -> str:
    """Close the app in a batch run (FITSENSE_BATCH is set), leave it open for a reader; say which."""
    if os.environ.get(BATCH_VARIABLE):
        app.close()
        return "closed: this is a batch run"
    return f"still open at {app.url}; close it with app.close()"
