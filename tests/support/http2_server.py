"""nginx with TLS and HTTP/2; every answer's body is "PROTOCOL CONNECTION-NUMBER".

Prints "url=https://127.0.0.1:PORT/ ca=FILE" and ends with its standard input.
"""

import os
import socket
import subprocess
import sys
import tempfile
import time

from certificate import make_certificate
from ports import free_port

CONFIG = """
daemon off;
pid nginx.pid;
error_log error.log;
events {{}}
http {{
  access_log off;
  client_body_temp_path tmp; proxy_temp_path tmp; fastcgi_temp_path tmp; uwsgi_temp_path tmp; scgi_temp_path tmp;
  server {{
    listen 127.0.0.1:{port} ssl http2;
    ssl_certificate {certificate};
    ssl_certificate_key {key};
    location / {{ return 200 "$server_protocol $connection"; }}
  }}
}}
"""


def wait_until_it_listens(server, port):
    while server.poll() is None:
        try:
            socket.create_connection(("127.0.0.1", port)).close()
            return
        except OSError:
            time.sleep(0.05)
    sys.exit("nginx ended with status %s" % server.returncode)


def main():
    with tempfile.TemporaryDirectory() as folder:
        certificate, key = make_certificate(folder, "good")
        port = free_port()
        with open(os.path.join(folder, "nginx.conf"), "w", encoding="ascii") as out:
            out.write(CONFIG.format(port=port, certificate=certificate, key=key))
        server = subprocess.Popen(["/usr/sbin/nginx", "-p", folder, "-c", "nginx.conf"], stderr=subprocess.DEVNULL)
        try:
            wait_until_it_listens(server, port)
            print("url=https://127.0.0.1:%d/ ca=%s" % (port, certificate), flush=True)
            sys.stdin.read()
        finally:
            server.terminate()
            server.wait()


main()
