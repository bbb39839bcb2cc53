"""Starts the service on a fresh copy of the demo for each role, and sets schemathesis on it. What that sends is in hooks.py."""
import argparse
import os
import re
import shutil
import subprocess
import sys
import tempfile
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path

HERE = Path(__file__).parent
SERVICE = os.environ.get("NOBEL21_BIN", "target/debug/nobel21")
# Seconds for one answer: the year's report of a program that is not optimised, on a machine with other work.
PATIENCE = "60"
# Every border of every value is tried once, as the one to whom nothing is forbidden: that takes as long as all the rest.
PHASES = {
    "admin": "examples,coverage,fuzzing,stateful",
    "reception": "examples,fuzzing,stateful",
    "booker": "examples,fuzzing,stateful",
    "anonymous": "examples,fuzzing,stateful",
}


def clean(**extra):
    """Nothing of this machine's settings that the program would heed."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("NOBEL21_") and name != "DATABASE_URL"}
    return kept | {"LC_ALL": "C.UTF-8", **extra}


@contextmanager
def started(words, *arguments, env, log=subprocess.DEVNULL):
    """The program as long as it is needed, once it has said something."""
    with subprocess.Popen([SERVICE, *arguments], env=env, stdout=subprocess.PIPE, stderr=log, text=True) as program:
        try:
            said = next((match for line in program.stdout if (match := re.search(words, line))), None)
            if said is None:
                sys.exit(f"{SERVICE} {arguments[0]} ended without saying {words}")
            yield said.group(1)
        finally:
            program.terminate()


def furnish(folder):
    """The demo as one file, copied by the program's own backup."""
    template = folder / "house.db"
    with started(r"Letters are written to (.+)$", "demo", "--port", "0", env=clean(TMPDIR=str(folder))) as mail:
        subprocess.run([SERVICE, "backup", template, "--data-dir", Path(mail).parent], env=clean(), check=True, stdout=subprocess.DEVNULL)
    return template


def attack_fresh(role, template, args):
    data = template.parent / role
    data.mkdir(mode=0o700)
    shutil.copy(template, data / "nobel21.db")
    # Its proxy may say where a request comes from, and the account's budget is off: otherwise most would end at the limits.
    arguments = ["serve", "--listen", "127.0.0.1:0", "--data-dir", str(data), "--trusted-proxies", "127.0.0.1"]
    with open(data / "log", "w+", encoding="utf-8") as log:
        # The framework is loud about requests that are no HTTP.
        with started(r"(http://127\.0\.0\.1:\d+)", *arguments, env=clean(NOBEL21_LOG="error,actix_http=off", NOBEL21_REQUESTS_PER_MINUTE="0"), log=log) as url:
            failed = attack(role, url, args)
        log.seek(0)
        print(log.read(), end="", flush=True)
    return failed


def attack(role, url, args):
    command = [
        Path(sys.executable).parent / "schemathesis", "--config-file", HERE / "schemathesis.toml", "run", "openapi.yaml", "--url", url,
        "--seed", str(args.seed), "--max-examples", str(args.examples), "--phases", PHASES[role], "--continue-on-failure",
        "--output-sanitize", "false", "--request-timeout", PATIENCE, *args.more,
    ]
    told = {"ATTACK_URL": url, "ATTACK_ROLE": role, "ATTACK_SEED": str(args.seed)}
    python = {"HYPOTHESIS_STORAGE_DIRECTORY": "target/schemathesis/examples", "SCHEMATHESIS_HOOKS": "hooks", "PYTHONPATH": str(HERE), "PYTHONDONTWRITEBYTECODE": "1", "PYTHONHASHSEED": "0"}
    done = subprocess.run(command, env=os.environ | told | python, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    print(f"\n== {role} at {url}\n{done.stdout}", flush=True)
    return done.returncode != 0


def main():
    parser = argparse.ArgumentParser(prog="script/attack-contract", description="Attacks every operation of openapi.yaml as each role.")
    parser.add_argument("--role", action="append", choices=PHASES, help="only as this one; may be repeated")
    parser.add_argument("--url", help="a demo that runs already, such as http://127.0.0.1:8021; what it holds suffers")
    parser.add_argument("--examples", type=int, default=10, help="made-up requests for each operation (default: %(default)s)")
    parser.add_argument("--seed", type=int, default=21, help="the same one makes up the same requests (default: %(default)s)")
    parser.add_argument("more", nargs="*", help="after --, options of `schemathesis run`, such as --include-path /api/v1/bookings")
    args = parser.parse_args()
    roles = args.role or list(PHASES)
    with tempfile.TemporaryDirectory(prefix="nobel21-attack-") as folder, ThreadPoolExecutor(os.cpu_count()) as pool:
        if args.url:
            failed = pool.map(lambda role: attack(role, args.url, args), roles)
        else:
            template = furnish(Path(folder))
            failed = pool.map(lambda role: attack_fresh(role, template, args), roles)
        unlike = [role for role, fails in zip(roles, failed) if fails]
    if unlike:
        again = "" if args.url else "\nTheir houses are gone: with --url the requests can be sent again, as long as their tokens hold."
        sys.exit(f"attack-contract: not what the contract says, to {', '.join(unlike)}{again}")


main()
