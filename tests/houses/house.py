"""A house: a database, a folder and a secret, and the processes that serve it."""
import sys

from process import Process, clean, command
from visitor import Visitor

PASSWORD = "kanelbulle i köket"


class House:
    def __init__(self, name, folder, database=None, **settings):
        self.name, self.folder = name, folder
        folder.mkdir(mode=0o700, exist_ok=True)
        settings = {"NOBEL21_REQUESTS_PER_MINUTE": "0", "NOBEL21_LOG": "info,access=off", "NOBEL21_BACKUP_DIR": ""} | settings
        self.env = clean(NOBEL21_DATA_DIR=str(folder), **settings)
        if database:
            self.env["DATABASE_URL"] = database

    def command(self, *arguments, said=None):
        return command(self.env, *arguments, said=said)

    def furnish(self, year, organisation):
        """A year of bookings and visits, somebody who books for this association, and somebody who counts."""
        self.command("migrate")
        self.command("import", str(year))
        for role, more in (("booker", ["--organisation", organisation]), ("reception", [])):
            self.command("user", "add", "--email", f"{role}@example.org", "--name", role, "--role", role, "--password-stdin", *more, said=PASSWORD)

    def process(self, number=1):
        return Served(self, number)


class Served(Process):
    """With its house's people."""

    def __init__(self, house, number):
        super().__init__(number, house.folder, house.env)
        self.house = house

    def sign_in(self, role):
        status, answer = Visitor(self.port).ask("POST", "/auth/token", {"email": f"{role}@example.org", "password": PASSWORD})
        if status != 200:
            sys.exit(f"{role} can not sign in to {self.house.name}: {status} {answer}")
        return answer["access_token"]
