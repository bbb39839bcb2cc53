"""A proxy with the very configuration that `docs` has for it: ports and the certificate's place are all that is changed."""
import os
import re
import shutil
import socket
import subprocess
import sys
import time
from contextlib import contextmanager
from pathlib import Path

from nodes import free_port

PATH = "/usr/sbin:/usr/bin:/usr/local/sbin:/usr/local/bin"
# What is around a site of nginx's, for one that anybody may run.
AROUND = """
daemon off; pid {folder}/nginx.pid; error_log {folder}/nginx.log;
events {{ worker_connections 1024; }}
http {{
  access_log off;
  client_body_temp_path {folder}/body; proxy_temp_path {folder}/proxy; fastcgi_temp_path {folder}/fastcgi;
  uwsgi_temp_path {folder}/uwsgi; scgi_temp_path {folder}/scgi;
  include {folder}/nginx.conf;
}}
"""


def certificate(folder):
    made = ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "1", "-subj", "/CN=boka.malmo.example"]
    subprocess.run([*made, "-keyout", folder / "houses.key", "-out", folder / "houses.pem"], check=True, capture_output=True)


def written(folder, name, changes):
    """The document with these changes, each of which must find its place."""
    text = Path("docs", name).read_text(encoding="utf-8")
    for old, new in changes.items():
        text, found = re.subn(old, new, text)
        if not found:
            sys.exit(f"docs/{name} has nothing like {old}")
    file = folder / name
    file.write_text(text, encoding="utf-8")
    return file


def haproxy(folder, entrance, ports):
    both = folder / "both.pem"
    both.write_bytes((folder / "houses.pem").read_bytes() + (folder / "houses.key").read_bytes())
    changes = {r"bind :443 ssl crt \S+": f"bind 127.0.0.1:{entrance} ssl crt {both}", r"bind :80\n": f"bind 127.0.0.1:{free_port()}\n"}
    # Only root may give its rights away.
    if os.getuid():
        changes[r"(?m)^ *(chroot|user|group) .*\n"] = ""
    return ["haproxy", "-db", "-f", written(folder, "haproxy.cfg", changes | ports)]


def nginx(folder, entrance, ports):
    changes = {r"listen 443 ssl": f"listen 127.0.0.1:{entrance} ssl", r"/etc/nginx/certificates": str(folder)}
    written(folder, "nginx.conf", changes | ports)
    around = folder / "around.conf"
    around.write_text(AROUND.format(folder=folder), encoding="utf-8")
    return ["nginx", "-p", folder, "-c", around]


KINDS = {"haproxy": haproxy, "nginx": nginx}


@contextmanager
def proxy(kind, folder, ports):
    """Runs it with these ports in the place of those of its document; gives the port to ask."""
    program = shutil.which(kind, path=PATH)
    if not program:
        sys.exit(f"{kind} is not installed: apt-get install {kind}")
    certificate(folder)
    entrance = free_port()
    changes = {rf"127\.0\.0\.1:{old}\b": f"127.0.0.1:{new}" for old, new in ports.items()}
    command = [program, *KINDS[kind](folder, entrance, changes)[1:]]
    log = folder / "proxy.log"
    with open(log, "w", encoding="utf-8") as said:
        running = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=said, stderr=said)
    try:
        until = time.monotonic() + 10
        while not open_port(entrance):
            if running.poll() is not None or time.monotonic() > until:
                sys.exit(f"{kind} does not start: {log.read_text()}")
            time.sleep(0.1)
        yield entrance
    finally:
        running.terminate()
        running.wait()


def open_port(port):
    with socket.socket() as one:
        return one.connect_ex(("127.0.0.1", port)) == 0
