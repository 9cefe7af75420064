"""Stands in for systemd: passes a listening socket, listens for what the service says of itself, asks once over the socket, sends
SIGHUP and SIGTERM, and prints what it was told. systemd.py COMMAND..."""
import os
import signal
import socket
import subprocess
import sys
import tempfile

folder = tempfile.mkdtemp()
told = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
told.bind(folder + "/notify")
told.settimeout(30)
listening = socket.create_server(("127.0.0.1", 0))
port = listening.getsockname()[1]


def start():
    os.dup2(listening.fileno(), 3)
    os.set_inheritable(3, True)


environment = dict(os.environ, NOTIFY_SOCKET=folder + "/notify", LISTEN_FDS="1", WATCHDOG_USEC="200000")
service = subprocess.Popen(["sh", "-c", 'LISTEN_PID=$$ exec "$@"', "sh"] + sys.argv[1:], env=environment, preexec_fn=start,
                           close_fds=False, stdout=subprocess.DEVNULL)


def wait_for(text):
    while told.recv(100).decode() != text:
        pass
    print(text, flush=True)


wait_for("READY=1")
with socket.create_connection(("127.0.0.1", port)) as client:
    client.sendall(b"GET /healthz HTTP/1.0\r\nHost: localhost\r\n\r\n")
    print(client.recv(100).decode().splitlines()[0], flush=True)
service.send_signal(signal.SIGHUP)
wait_for("WATCHDOG=1")
service.send_signal(signal.SIGTERM)
wait_for("STOPPING=1")
print("exit", service.wait(30))
