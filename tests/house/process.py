"""One `nobel21 serve`, at an address that stays its own over restarts."""
import os
import re
import signal
import subprocess
import sys
import threading

from nodes import free_port

PROGRAM = os.environ.get("NOBEL21_BIN", "target/debug/nobel21")


def clean(**extra):
    """Nothing of this machine's settings that the program would heed, and what a service's unit sets (docs/nobel21@.service)."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("NOBEL21_") and name != "DATABASE_URL"}
    return kept | {"LC_ALL": "C.UTF-8", "MALLOC_ARENA_MAX": "2", **extra}


def command(env, *arguments, said=None):
    """Runs another of its commands to its end; gives what it printed."""
    done = subprocess.run([PROGRAM, *arguments], env=env, input=said, capture_output=True, text=True)
    if done.returncode:
        sys.exit(f"{PROGRAM} {arguments[0]}: {done.stderr}")
    return done.stdout


class Process:
    def __init__(self, number, folder, env):
        self.number, self.log, self.env = number, folder / f"process-{number}.log", env
        self.port, self.program = free_port(), None

    @property
    def listen(self):
        return f"127.0.0.1:{self.port}"

    def start(self):
        with open(self.log, "a", encoding="utf-8") as log:
            words = [PROGRAM, "serve", "--listen", self.listen]
            self.program = subprocess.Popen(words, env=self.env, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=log, text=True)
        said = self.program.stdout
        if not any(re.search(r"http://127\.0\.0\.1:\d+", line) for line in said):
            sys.exit(f"{PROGRAM} serve does not start: {self.log.read_text()[-2000:]}")
        # Read to its end, or what it says would fill the pipe.
        threading.Thread(target=lambda: [None for _ in said], daemon=True).start()

    def stop(self):
        """As systemd stops it. Gives its exit code."""
        self.program.send_signal(signal.SIGTERM)
        return self.program.wait(timeout=20)

    def kill(self):
        self.program.kill()
        self.program.wait()

    def __enter__(self):
        self.start()
        return self

    def __exit__(self, *_):
        self.kill()
