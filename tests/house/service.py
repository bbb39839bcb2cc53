"""The service as people meet it, one process or what stands before several: requests by connections that stay open, and what was answered when."""
import http.client
import json
import ssl
import threading
import time
from dataclasses import dataclass, field

# Seconds after which a connection that nobody used is not used again: the service closes it after 5, and on a busy machine hears late.
IDLE = 2


@dataclass(frozen=True)
class Answer:
    """What a process said to one request, and when. Status 0: nothing, the connection broke."""

    process: int
    sent: float
    came: float
    status: int
    code: str
    retry_after: str
    body: dict
    cookies: dict = field(default_factory=dict)

    @property
    def failed(self):
        """Anything that is neither done nor turned down for good."""
        return not (self.status in (200, 201) or (self.status, self.code) == (409, "booking_conflict"))

    def __str__(self):
        return f"{self.status} {self.code} from process {self.process}"


class Service:
    """One process, or a proxy that goes by the `host` that is asked for, through a connection that each thread keeps open. `said` is told
    each answer after what was asked: method and path."""

    def __init__(self, number, url, host=None, said=lambda *_: None):
        self.scheme, self.address = url.split("://")
        self.number, self.host, self.said, self.mine = number, host, said, threading.local()

    def post(self, path, body, token=None, key=None):
        return self.ask("POST", path, body, token, key)

    def connect(self):
        if self.scheme == "https":
            # The certificate is made for the occasion; what is looked at here is who answers, not who signed.
            return http.client.HTTPSConnection(self.address, timeout=60, context=ssl._create_unverified_context())
        return http.client.HTTPConnection(self.address, timeout=60)

    def ask(self, method, path, *what, **more):
        answer = self.answer(method, path, *what, **more)
        self.said(method, path, answer)
        return answer

    def answer(self, method, path, body=None, token=None, key=None, match=None, cookie=None, sender=None):
        headers = {"Host": self.host} if self.host else {}
        if sender:
            # Believed of a proxy in front alone.
            headers["X-Forwarded-For"] = sender
        if body is not None:
            body, headers["Content-Type"] = json.dumps(body), "application/json"
        if token:
            headers["Authorization"] = f"Bearer {token}"
        if key:
            headers["Idempotency-Key"] = key
        if match:
            headers["If-Match"] = match
        if cookie:
            headers["Cookie"] = cookie
        sent = time.monotonic()
        try:
            if getattr(self.mine, "connection", None) is None or sent > self.mine.used + IDLE:
                self.mine.connection = self.connect()
            self.mine.connection.request(method, f"/api/v1{path}", body, headers)
            response = self.mine.connection.getresponse()
            # A stream of events goes on until whoever serves it ends it.
            text = response.read()
            self.mine.used = time.monotonic()
        except (OSError, http.client.HTTPException) as error:
            self.mine.connection = None
            return Answer(self.number, sent, time.monotonic(), 0, repr(error), "", {})
        answered = json.loads(text) if text and "json" in response.headers.get("Content-Type", "") else {}
        cookies = dict(one.split(";", 1)[0].split("=", 1) for one in response.headers.get_all("Set-Cookie", []))
        return Answer(
            self.number, sent, time.monotonic(), response.status, answered.get("code", ""), response.headers.get("Retry-After", ""), answered, cookies
        )
