"""PostgreSQL on this machine: one node alone, or a primary and two standbys of which any one must have a commit before it is answered."""
import os
import pwd
import random
import shutil
import signal
import socket
import subprocess
import time
from pathlib import Path

NAMES = ("node1", "node2", "node3")
ON_ITS_OWN = """
listen_addresses = '127.0.0.1'
unix_socket_directories = ''
max_connections = 100
"""
# As the README's; durable, for a commit that only memory has is none.
REPLICATED = ON_ITS_OWN + """
wal_level = replica
wal_keep_size = '256MB'
hot_standby = on
synchronous_commit = on
synchronous_standby_names = 'ANY 1 (node1, node2, node3)'
wal_retrieve_retry_interval = '500ms'
"""
# Ports that were found free; their servers need not have come up yet.
given = set()


def free_port():
    """Below those that the system gives to whoever asks for any: nobody takes it before its server comes up, or while that is down."""
    while True:
        # Of chance alone, which no seed repeats: whoever else looks for one at the same time finds another.
        port = random.SystemRandom().randrange(10_000, 30_000)
        with socket.socket() as one:
            try:
                one.bind(("127.0.0.1", port))
            except OSError:
                continue
        if port not in given:
            given.add(port)
            return port


def programs():
    """The folder of PostgreSQL's programs: the newest."""
    if given := os.environ.get("PG_BIN"):
        return Path(given)
    found = [path for path in Path("/usr/lib/postgresql").glob("*/bin") if (path / "initdb").exists()]
    if not found:
        raise SystemExit("PostgreSQL is not installed: apt-get install postgresql, or set PG_BIN")
    return max(found, key=lambda path: int(path.parent.name))


def account():
    """PostgreSQL refuses to run as root."""
    return {"user": "postgres", "group": "postgres", "extra_groups": []} if os.getuid() == 0 else {}


def make_folder(folder):
    """For nodes, and theirs."""
    folder.mkdir()
    if os.getuid() == 0:
        user = pwd.getpwnam("postgres")
        os.chown(folder, user.pw_uid, user.pw_gid)


class Node:
    def __init__(self, name, folder):
        self.name, self.folder, self.port = name, folder / name, free_port()

    def run(self, program, *arguments):
        # What stays running must not hold on to our output, so it goes to a file.
        log = self.folder.parent / f"{self.name}.{program}"
        with open(log, "a", encoding="utf-8") as said:
            done = subprocess.run([programs() / program, *arguments], cwd="/", stdin=subprocess.DEVNULL, stdout=said, stderr=said, **account())
        if done.returncode:
            raise SystemExit(f"{program} of {self.name} failed: {log.read_text()[-2000:]}")

    def make(self, settings=ON_ITS_OWN):
        """An empty cluster, started."""
        self.run("initdb", "-D", self.folder, "-U", "postgres", "-A", "trust", "-E", "UTF8", "--locale=C")
        with open(self.folder / "postgresql.conf", "a", encoding="utf-8") as file:
            file.write(settings)
        self.start()

    def start(self):
        options = f"-p {self.port} -c cluster_name={self.name}"
        self.run("pg_ctl", "-D", self.folder, "-w", "-s", "-l", self.folder.parent / f"{self.name}.log", "-o", options, "start")

    def sql(self, statement, database="postgres"):
        """The answer's rows, their columns parted by tabs."""
        command = [programs() / "psql", "-X", "-q", "-A", "-t", "-F", "\t", "-v", "ON_ERROR_STOP=1", "-c", statement, self.url(database)]
        done = subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, text=True)
        if done.returncode:
            raise RuntimeError(f"{self.name}: {done.stderr.strip()}")
        return [line.split("\t") for line in done.stdout.splitlines()]

    def value(self, statement, database="postgres"):
        return self.sql(statement, database)[0][0]

    def url(self, database):
        return f"postgres://postgres@127.0.0.1:{self.port}/{database}?connect_timeout=2"

    def kill(self):
        """-9 to the postmaster and all its children, as if the machine had lost its power: nobody says goodbye."""
        postmaster = int((self.folder / "postmaster.pid").read_text().split()[0])
        everybody = [postmaster, *children(postmaster)]
        for process in everybody:
            try:
                os.kill(process, signal.SIGKILL)
            except ProcessLookupError:
                pass
        # Its number is somebody else's before long.
        (self.folder / "postmaster.pid").unlink(missing_ok=True)
        return len(everybody)

    def stop(self):
        if (self.folder / "postmaster.pid").exists():
            self.kill()


def children(of):
    found = []
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            # The name before may have spaces and brackets.
            parent = int(stat.read_text().rsplit(")", 1)[1].split()[1])
        except (FileNotFoundError, ProcessLookupError):
            continue
        if parent == of:
            found.append(int(stat.parent.name))
    return found


class Nodes:
    """All three; `primary` is the one that takes writes."""

    def __init__(self, folder):
        make_folder(folder)
        self.all = [Node(name, folder) for name in NAMES]
        self.primary, *self.standbys = self.all

    def begin(self):
        first = self.primary
        first.make(REPLICATED)
        for standby in self.standbys:
            standby.run("pg_basebackup", "-D", standby.folder, "-X", "stream", "-c", "fast", "-R", "-d", f"host=127.0.0.1 port={first.port} user=postgres")
            standby.start()
        self.until(lambda: self.replicating(2), "two standbys follow")
        first.sql("CREATE DATABASE nobel21")
        first.sql("CREATE TABLE probe (x integer)")

    def url(self):
        """All three: whoever connects finds the one that takes writes, and gives up soon on one that does not answer."""
        hosts = ",".join(f"127.0.0.1:{node.port}" for node in self.all)
        return (
            f"postgres://postgres@{hosts}/nobel21?target_session_attrs=read-write&connect_timeout=2"
            "&keepalives_idle=5&keepalives_interval=2&keepalives_count=2&tcp_user_timeout=5000"
        )

    def replicating(self, number):
        return int(self.primary.value("SELECT count(*) FROM pg_stat_replication WHERE state = 'streaming' AND sync_state = 'quorum'")) == number

    def promote(self):
        """Makes the standby that has most of the log the primary and lets the other follow it."""
        old = self.primary
        # The log that has come, not that has been replayed: what has come will be.
        self.standbys.sort(key=lambda node: int(node.value("SELECT pg_last_wal_receive_lsn() - '0/0'")), reverse=True)
        self.primary, other = self.standbys
        self.primary.run("pg_ctl", "-D", self.primary.folder, "-w", "-s", "promote")
        other.sql(f"ALTER SYSTEM SET primary_conninfo = 'host=127.0.0.1 port={self.primary.port} user=postgres'")
        other.sql("SELECT pg_reload_conf()")
        self.standbys = [other]
        # Answered only once the other has it.
        self.primary.sql("INSERT INTO probe VALUES (1)")
        return old, self.primary, other

    def until(self, true, what, patience=30):
        end = time.monotonic() + patience
        while not true():
            if time.monotonic() > end:
                raise SystemExit(f"not within {patience} s: {what}")
            time.sleep(0.1)

    def stop(self):
        for node in self.all:
            node.stop()
        shutil.rmtree(self.all[0].folder.parent, ignore_errors=True)
