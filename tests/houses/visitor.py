"""One person's connection to a house, kept open as a browser keeps it."""
import http.client
import json
import ssl
import time

# Seconds after which a connection that nobody used is not used again: the service closes it after 5, and on a busy machine hears late.
IDLE = 2


class Visitor:
    """`said` is told of each answer: method, path, status (or what went wrong), seconds."""

    def __init__(self, port, name=None, tls=False, said=lambda *_: None):
        self.port, self.name, self.tls, self.said = port, name or f"127.0.0.1:{port}", tls, said
        self.connection, self.used = None, 0

    def connect(self):
        if self.tls:
            # The certificate is made for the occasion; what is looked at here is who answers, not who signed.
            return http.client.HTTPSConnection("127.0.0.1", self.port, timeout=60, context=ssl._create_unverified_context())
        return http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)

    def ask(self, method, path, body=None, token=None, key=None):
        """The status and the body, read as JSON."""
        headers = {"Host": self.name}
        if body is not None:
            headers["Content-Type"] = "application/json"
        if token:
            headers["Authorization"] = f"Bearer {token}"
        if key:
            headers["Idempotency-Key"] = key
        sent = time.monotonic()
        if self.connection is None or sent > self.used + IDLE:
            self.connection = self.connect()
        try:
            self.connection.request(method, f"/api/v1{path}", None if body is None else json.dumps(body), headers)
            response = self.connection.getresponse()
            # A stream of events goes on until whoever serves it ends it.
            status, text = response.status, response.read()
            answer = json.loads(text) if response.headers.get_content_subtype().endswith("json") else {}
        except (OSError, http.client.HTTPException) as error:
            self.connection, status, answer = None, repr(error), {}
        self.used = time.monotonic()
        self.said(method, path, status, self.used - sent)
        return status, answer
