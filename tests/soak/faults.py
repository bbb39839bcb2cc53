"""What goes wrong while people are at work, one fault after the other, and when."""
import asyncio
import multiprocessing
import socket
import time
import urllib.request
from dataclasses import dataclass
from email.utils import parsedate_to_datetime

# Seconds that a fault lasts, and that all is well between two.
LASTS, BETWEEN = (3, 7), (7, 10)
# Milliseconds that each piece of an answer of the database takes longer.
SLOW = (10, 60)
# Seconds by which a clock is wrong after a step: within the minute by which the clocks of two processes may differ.
STEPS = (-50, -20, -5, 5, 20, 50)


class Carry(asyncio.Protocol):
    """One end of a connection; what comes in at it goes out at the other, later by `delay`."""

    def __init__(self, delay):
        self.delay, self.other, self.transport, self.early, self.due = delay, None, None, [], 0

    def connection_made(self, transport):
        self.transport = transport

    def data_received(self, piece):
        if self.other is None:
            self.early.append(piece)
            return
        late = self.delay.value if self.delay is not None else 0
        loop = asyncio.get_running_loop()
        if not late and self.due < loop.time():
            return self.other.write(piece)
        # One after the other, also when the disk is quick again.
        self.due = max(self.due + 1e-4, loop.time() + late)
        loop.call_at(self.due, self.other.write, piece)

    def connection_lost(self, _):
        if self.other is not None:
            self.other.abort()


def relay(listener, port, delay, is_cut):
    """Runs in a process of its own, since all that the house asks its database goes through it."""
    pairs = []

    async def join(near):
        """The client speaks first: what it says while we call the database is kept."""
        loop = asyncio.get_running_loop()
        if is_cut.is_set():
            return near.close()
        # The loop does so by itself for a socket that it has made.
        near.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        _, asked = await loop.connect_accepted_socket(lambda: Carry(None), near)
        _, answered = await loop.create_connection(lambda: Carry(delay), "127.0.0.1", port)
        asked.other, answered.other = answered.transport, asked.transport
        if asked.transport.is_closing():
            return answered.transport.abort()
        answered.transport.writelines(asked.early)
        pairs.append((asked.transport, answered.transport))

    async def work():
        loop = asyncio.get_running_loop()
        listener.setblocking(False)

        async def cut():
            while True:
                if is_cut.is_set():
                    while pairs:
                        for one in pairs.pop():
                            one.abort()
                await asyncio.sleep(0.05)

        cutting = asyncio.create_task(cut())
        while not cutting.done():
            near, _ = await loop.sock_accept(listener)
            await join(near)

    asyncio.run(work())


class Proxy:
    """Between the house and its database: what is slow or cut here is a slow disk or a cut cable there."""

    def __init__(self, port):
        listener = socket.create_server(("127.0.0.1", 0), backlog=64)
        self.port = listener.getsockname()[1]
        apart = multiprocessing.get_context("spawn")
        self.delay, self.is_cut = apart.Value("d", 0.0), apart.Event()
        self.program = apart.Process(target=relay, args=(listener, port, self.delay, self.is_cut), daemon=True)
        self.program.start()
        listener.close()

    @property
    def url(self):
        return f"postgres://postgres@127.0.0.1:{self.port}/nobel21?connect_timeout=2"


class Clock:
    """What time it is for one process: libfaketime asks a file by how many seconds it is wrong."""

    LIBRARY = "/usr/$LIB/faketime/libfaketime.so.1"

    def __init__(self, file):
        self.file = file
        self.step(0)

    def step(self, seconds):
        anew = self.file.with_suffix(".new")
        anew.write_text(f"{seconds:+d}\n", encoding="utf-8")
        anew.rename(self.file)

    def wrong_by(self, process):
        """As the process itself says, in whole seconds."""
        with urllib.request.urlopen(f"http://{process.listen}/healthz", timeout=10) as answer:
            return parsedate_to_datetime(answer.headers["Date"]).timestamp() - time.time()

    @property
    def env(self):
        # A step moves the time of day alone; what measures durations goes on.
        return {
            "LD_PRELOAD": self.LIBRARY, "FAKETIME_TIMESTAMP_FILE": str(self.file), "FAKETIME_CACHE_DURATION": "1",
            "FAKETIME_DONT_FAKE_MONOTONIC": "1",
        }


@dataclass(frozen=True)
class Fault:
    """One that happened; `excuses` are the processes that may say 503 meanwhile, `broke` those whose connections may end."""

    name: str
    began: float
    over: float
    excuses: tuple = ()
    broke: tuple = ()


class Faults:
    """Each kind in turn, in an order that chance gives; the second process is the one that is killed and whose clock is wrong."""

    def __init__(self, chance, processes, proxy, clock, mailbox):
        self.chance, self.processes, self.proxy, self.clock, self.mailbox = chance, processes, proxy, clock, mailbox
        self.happened = []

        self.kinds = [self.kill, self.cut, self.slow, self.step, self.refuse]

    def go_on(self, end):
        """Until there is no time left for one more and for the calm after it."""
        while True:
            kinds = list(self.kinds)
            self.chance.shuffle(kinds)
            for kind in kinds:
                time.sleep(self.chance.uniform(*BETWEEN))
                if time.monotonic() + LASTS[1] + BETWEEN[1] > end:
                    return
                began = time.monotonic()
                name, excuses, broke = kind(self.chance.uniform(*LASTS))
                self.happened.append(Fault(name, began, time.monotonic(), excuses, broke))

    def kill(self, seconds):
        self.processes[1].kill()
        time.sleep(seconds / 3)
        self.processes[1].start()
        return "kill -9", (2,), (2,)

    def cut(self, seconds):
        self.proxy.is_cut.set()
        time.sleep(seconds)
        self.proxy.is_cut.clear()
        return "the network cut", (1, 2), ()

    def slow(self, seconds):
        self.proxy.delay.value = self.chance.uniform(*SLOW) / 1000
        time.sleep(seconds)
        self.proxy.delay.value = 0
        return "a slow disk", (1, 2), ()

    def step(self, seconds):
        # It stays wrong until the next step, as clocks do.
        wrong = self.chance.choice(STEPS)
        self.clock.step(wrong)
        time.sleep(seconds)
        # The service tells whole seconds, half a second late at most; its answer takes time on a busy machine.
        if abs(self.clock.wrong_by(self.processes[1]) - wrong) > 4:
            raise SystemExit(f"the clock of process 2 did not step by {wrong} s: {self.clock.LIBRARY} has no effect")
        return "a step of the clock", (), ()

    def refuse(self, seconds):
        self.mailbox.refuses = self.chance.choice(("everybody", "letters"))
        time.sleep(seconds)
        self.mailbox.refuses = None
        return "no letters taken", (), ()
