"""Of what must be true, all that was not."""


class Verdict:
    """What was wrong, all of it."""

    def __init__(self):
        self.wrong = []

    def holds(self, true, what):
        if not true:
            self.wrong.append(what)

    def none(self, found, what):
        self.holds(not found, f"{what}: {len(found)}, such as {found[:3]}")
