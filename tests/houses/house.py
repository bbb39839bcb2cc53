"""A house: a database, a folder and a secret, and the processes that serve it."""
import os
import re
import signal
import subprocess
import sys
import threading

from nodes import free_port
from visitor import Visitor

PROGRAM = os.environ.get("NOBEL21_BIN", "target/debug/nobel21")
PASSWORD = "kanelbulle i köket"


def clean(**extra):
    """Nothing of this machine's settings that the program would heed."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("NOBEL21_") and name != "DATABASE_URL"}
    return kept | {"LC_ALL": "C.UTF-8", **extra}


class House:
    def __init__(self, name, folder, database=None, **settings):
        self.name, self.folder = name, folder
        folder.mkdir(mode=0o700, exist_ok=True)
        settings = {"NOBEL21_REQUESTS_PER_MINUTE": "0", "NOBEL21_LOG": "info,access=off", "NOBEL21_BACKUP_DIR": ""} | settings
        self.env = clean(NOBEL21_DATA_DIR=str(folder), **settings)
        if database:
            self.env["DATABASE_URL"] = database

    def command(self, *arguments, said=None):
        done = subprocess.run([PROGRAM, *arguments], env=self.env, input=said, capture_output=True, text=True)
        if done.returncode:
            sys.exit(f"{PROGRAM} {arguments[0]} of {self.name}: {done.stderr}")
        return done.stdout

    def furnish(self, year, organisation):
        """A year of bookings and visits, somebody who books for this association, and somebody who counts."""
        self.command("migrate")
        self.command("import", str(year))
        for role, more in (("booker", ["--organisation", organisation]), ("reception", [])):
            self.command("user", "add", "--email", f"{role}@example.org", "--name", role, "--role", role, "--password-stdin", *more, said=PASSWORD)

    def process(self, number=1, port=None):
        return Process(self, number, port or free_port())


class Process:
    """One of a house's processes, on a port that stays its own over restarts."""

    def __init__(self, house, number, port):
        self.house, self.number, self.port = house, number, port
        self.log = house.folder / f"process-{number}.log"
        self.program = None

    def start(self):
        with open(self.log, "a", encoding="utf-8") as log:
            command = [PROGRAM, "serve", "--listen", f"127.0.0.1:{self.port}"]
            self.program = subprocess.Popen(command, env=self.house.env, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=log, text=True)
        said = self.program.stdout
        if not any(re.search(r"http://127\.0\.0\.1:\d+", line) for line in said):
            sys.exit(f"{PROGRAM} serve of {self.house.name} does not start: {self.log.read_text()[-2000:]}")
        threading.Thread(target=lambda: [None for _ in said], daemon=True).start()

    def __enter__(self):
        self.start()
        return self

    def __exit__(self, *_):
        if self.program.poll() is None:
            self.program.kill()
        self.program.wait()

    def stop(self):
        """As systemd stops it. Gives its exit code."""
        self.program.send_signal(signal.SIGTERM)
        return self.program.wait(timeout=20)

    def sign_in(self, role):
        status, answer = Visitor(self.port).ask("POST", "/auth/token", {"email": f"{role}@example.org", "password": PASSWORD})
        if status != 200:
            sys.exit(f"{role} can not sign in to {self.house.name}: {status} {answer}")
        return answer["access_token"]
