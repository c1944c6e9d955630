"""A real HTTP server on loopback that speaks the chat-completions protocol and misbehaves on demand."""

import json
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

GOOD = "Rest days let muscles adapt between sessions."


class ChatServer:
    """Plays `script`, one entry a request, the last one for ever: a status, ("text", finish_reason), or "slow"."""

    def __init__(self, script: list):
        self.script, self.seen = list(script), []
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), make_handler(self))
        self._thread = threading.Thread(target=self._server.serve_forever, daemon=True)

    @property
    def base_url(self) -> str:
        """Where a client finds it."""
        return f"http://127.0.0.1:{self._server.server_port}/v1"

    def __enter__(self):
        self._thread.start()
        return self

    def __exit__(self, *error):
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

    def next_step(self):
        """The step this request gets."""
        return self.script.pop(0) if len(self.script) > 1 else self.script[0]


def make_handler(server: ChatServer) -> type[BaseHTTPRequestHandler]:
    """The request handler bound to one server's script."""

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self):
            body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            server.seen.append({"body": body, "authorization": self.headers.get("Authorization")})
            step = server.next_step()
            if step == "slow":
                time.sleep(1.5)
                step = (GOOD, "stop")
            if isinstance(step, tuple) and isinstance(step[0], int):
                self._reply(step[0], {"error": {"message": step[1]}})
            elif isinstance(step, int):
                self._reply(step, {"error": {"message": f"scripted {step}"}})
            else:
                self._reply(200, make_completion(body["model"], *step))

        def _reply(self, status: int, value: dict):
            data = json.dumps(value).encode()
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(data)))
            self.send_header("retry-after-ms", "1")
            self.end_headers()
            try:
                self.wfile.write(data)
            except (BrokenPipeError, ConnectionResetError):
                self.close_connection = True  # the client gave up waiting, as the script meant it to

        def log_message(self, *_):
            """Say nothing on stderr."""

    return Handler


def make_completion(model: str, text: str, finish_reason: str) -> dict:
    """A chat completion as the protocol writes it."""
    return {"id": "c-1", "object": "chat.completion", "created": 1, "model": model,
            "choices": [{"index": 0, "finish_reason": finish_reason,
                         "message": {"role": "assistant", "content": text}}],
            "usage": {"prompt_tokens": 100, "completion_tokens": 20, "total_tokens": 120}}
