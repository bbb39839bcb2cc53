"""How much memory the processes take, looked at once a second."""
import threading
from pathlib import Path
from statistics import mean

# By how much the last quarter may lie above the second, and from how many minutes on that says anything: the first quarter fills caches,
# statements and pools. From then on the mean of a minute lies between 49 and 53 MiB; each password that is checked takes 19 for a moment.
FLAT, LONG_ENOUGH = 1.05, 8


class Memory(threading.Thread):
    """Of a process that lives all the time."""

    def __init__(self, process):
        super().__init__(daemon=True)
        self.process, self.over, self.kib = process, threading.Event(), []

    def run(self):
        while not self.over.wait(1):
            status = Path(f"/proc/{self.process.program.pid}/status").read_text(encoding="utf-8")
            self.kib.append(next(int(line.split()[1]) for line in status.splitlines() if line.startswith("VmRSS:")))

    def quarters(self):
        """The means of the second and of the last quarter, in MiB."""
        size = len(self.kib) // 4
        return mean(self.kib[size : 2 * size]) / 1024, mean(self.kib[-size:]) / 1024

