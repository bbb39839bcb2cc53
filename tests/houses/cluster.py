"""One PostgreSQL on this machine, with a database and a role for each house."""
import shutil
import subprocess
from contextlib import contextmanager

from nodes import Node, children, make_folder, programs

# Durable, as whoever runs houses has it; room for as many connections as many houses may open.
SETTINGS = """
listen_addresses = '127.0.0.1'
unix_socket_directories = ''
max_connections = {connections}
shared_buffers = '{buffers}'
"""


class Cluster(Node):
    def __init__(self, folder, connections=100, buffers="128MB"):
        make_folder(folder)
        super().__init__("cluster", folder)
        self.settings = SETTINGS.format(connections=connections, buffers=buffers)

    @contextmanager
    def running(self):
        try:
            self.make(self.settings)
            yield self
        finally:
            self.stop()
            shutil.rmtree(self.folder.parent, ignore_errors=True)

    def add(self, name, like=None):
        """A database that nobody but its own role may enter; `like` another one, or empty. Gives its URL."""
        self.sql(f"CREATE ROLE {name} LOGIN")
        self.sql(f"CREATE DATABASE {name} OWNER {name} TEMPLATE {like or 'template0'}")
        self.sql(f"REVOKE CONNECT ON DATABASE {name} FROM PUBLIC")
        if like:
            self.sql(f"REASSIGN OWNED BY {like} TO {name}", name)
        return self.url(name, name)

    def url(self, database, role="postgres"):
        return f"postgres://{role}@127.0.0.1:{self.port}/{database}?connect_timeout=2"

    def refuses(self, role, database):
        """Is this role kept out of this database?"""
        command = [programs() / "psql", "-X", "-c", "SELECT 1", self.url(database, role)]
        done = subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, text=True)
        return done.returncode != 0 and "permission denied for database" in done.stderr

    def processes(self):
        postmaster = int((self.folder / "postmaster.pid").read_text().split()[0])
        return [postmaster, *children(postmaster)]

    def connections(self):
        return int(self.value("SELECT count(*) FROM pg_stat_activity WHERE backend_type = 'client backend' AND pid <> pg_backend_pid()"))
