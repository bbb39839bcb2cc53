"""A house: a database, a folder, rooms, associations and people, and the processes that serve it."""
import csv
import sys
from pathlib import Path

from process import Process, clean, command
from service import Service

SAMPLE = Path("sample/year-2023")
PASSWORD = "kanelbulle i köket"


class House:
    """On the PostgreSQL at `url`, or without one on SQLite in its folder; `settings` are its environment besides."""

    def __init__(self, folder, url=None, **settings):
        self.folder = folder
        # A copy of another house has its folder already.
        folder.mkdir(mode=0o700, exist_ok=True)
        usual = {"NOBEL21_DATA_DIR": str(folder), "NOBEL21_REQUESTS_PER_MINUTE": "0", "NOBEL21_LOG": "info,access=off", "NOBEL21_BACKUP_DIR": ""}
        if url:
            usual["DATABASE_URL"] = url
        self.env = clean(**usual | settings)

    def command(self, *arguments, said=None):
        command(self.env, *arguments, said=said)

    def furnish(self, roles, year=SAMPLE):
        """What these tables have, and an account of each role; who books does so for the first of the associations."""
        self.command("migrate")
        self.command("import", str(year))
        with open(SAMPLE / "organisations.csv", encoding="utf-8") as file:
            number = next(csv.DictReader(file))["org_number"]
        for role in roles:
            member = ["--organisation", number] if role == "booker" else []
            self.command("user", "add", "--email", f"{role}-0@example.org", "--name", f"{role} 0", "--role", role, "--password-stdin", *member, said=PASSWORD)

    def furnish_for(self, people, node):
        """The sample's rooms and associations without its year, and so many accounts of each role, written at this node; gives the association."""
        tables = self.folder / "tables"
        tables.mkdir()
        for table in SAMPLE.glob("*.csv"):
            lines = table.read_text(encoding="utf-8").splitlines(keepends=True)
            (tables / table.name).write_text("".join(lines if table.stem in ("rooms", "organisations") else lines[:1]), encoding="utf-8")
        self.furnish(people, tables)
        for role, many in people.items():
            copy(node, role, many)
        return node.value("SELECT organisation_id FROM memberships LIMIT 1", "nobel21")

    def process(self, number=1, **extra):
        return Served(number, self.folder, self.env | extra)


def copy(node, role, people):
    """More like the first of this role, with its password: hashing each one's would take longer than all else here."""
    first = f"(SELECT id FROM people WHERE email_key = '{role}-0@example.org')"
    node.sql(
        f"""
        INSERT INTO people SELECT (jsonb_populate_record(p, jsonb_build_object('id', gen_random_uuid(),
          'email', '{role}-' || n || '@example.org', 'email_key', '{role}-' || n || '@example.org'))).*
          FROM people p, generate_series(1, {people - 1}) n WHERE p.id = {first};
        INSERT INTO credentials SELECT (jsonb_populate_record(c, jsonb_build_object('person_id', p.id))).*
          FROM credentials c, people p WHERE c.person_id = {first} AND p.email_key LIKE '{role}-%' AND p.id <> c.person_id;
        INSERT INTO memberships SELECT (jsonb_populate_record(m, jsonb_build_object('person_id', p.id))).*
          FROM memberships m, people p WHERE m.person_id = {first} AND p.email_key LIKE '{role}-%' AND p.id <> m.person_id;
        """,
        "nobel21",
    )


class Served(Process):
    """With who asks it."""

    def __init__(self, number, folder, env):
        super().__init__(number, folder, env)
        self.service = Service(number, f"http://{self.listen}")


def sign_in(service, role, people=1):
    tokens = []
    for number in range(people):
        answer = service.post("/auth/token", {"email": f"{role}-{number}@example.org", "password": PASSWORD})
        if answer.status != 200:
            sys.exit(f"{role}-{number} can not sign in: {answer}")
        tokens.append(answer.body["access_token"])
    return tokens
