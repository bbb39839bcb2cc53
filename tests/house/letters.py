"""A mail server that notes which letter came to whom. It takes everything, unless it is told to refuse."""
import re
import socketserver
import threading


class Talk(socketserver.StreamRequestHandler):
    # An answer is one small packet; without this it waits 40 ms for another.
    disable_nagle_algorithm = True

    def say(self, line):
        self.wfile.write(f"{line}\r\n".encode())

    def handle(self):
        try:
            self.talk()
        except ConnectionError:
            # Who calls may be killed in the middle of a sentence.
            pass

    def talk(self):
        if self.server.refuses == "everybody":
            self.say("421 come back later")
            return
        self.say("220 mailbox.test")
        recipients = []
        while line := self.rfile.readline():
            verb = line[:4].upper()
            if verb == b"RCPT" and self.server.refuses == "letters":
                self.say("451 not now")
                continue
            if verb == b"RCPT":
                recipients.append(re.search(rb"<(.*?)>", line)[1].decode())
            elif verb == b"DATA":
                self.say("354 go on")
                if (letter := self.letter()) is None:
                    return
                self.server.note(recipients, letter)
                recipients = []
            elif verb == b"RSET":
                recipients = []
            elif verb == b"QUIT":
                self.say("221 bye")
                return
            self.say("250 fine")

    def letter(self):
        """None if it breaks off."""
        lines = []
        while (line := self.rfile.readline()) != b".\r\n":
            if not line:
                return None
            lines.append(line)
        return b"".join(lines)


class Mailbox(socketserver.ThreadingTCPServer):
    daemon_threads = True
    allow_reuse_address = True

    def __init__(self):
        super().__init__(("127.0.0.1", 0), Talk)
        self.lock, self.came = threading.Lock(), []
        # Nobody's call is taken ("everybody"), or no letter is ("letters").
        self.refuses = None
        threading.Thread(target=self.serve_forever, daemon=True).start()

    @property
    def url(self):
        return f"smtp://127.0.0.1:{self.server_address[1]}?tls=none"

    def note(self, recipients, letter):
        head = re.sub(rb"\r\n[ \t]+", b" ", letter.split(b"\r\n\r\n", 1)[0])
        name = re.search(rb"(?im)^message-id:\s*<?([^>\s]+)", head)[1].decode()
        with self.lock:
            self.came += [(name, recipient) for recipient in recipients]

    def letters(self):
        with self.lock:
            return list(self.came)
