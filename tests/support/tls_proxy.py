"""TLS in front of another server on this machine, with a certificate of the kind that is asked for.

Prints "url=https://127.0.0.1:PORT/ ca=FILE" (FILE: the certificate, which signed itself) and ends with its standard
input. Kinds: good (trusted with --ca-file FILE), expired, other-name.
"""

import argparse
import os
import socket
import ssl
import subprocess
import sys
import tempfile
import threading

CONFIG = """
[ca]
default_ca = here
[here]
dir = .
database = index
serial = serial
new_certs_dir = .
default_md = sha256
policy = any
x509_extensions = ext
[any]
commonName = supplied
[ext]
subjectAltName = %s
basicConstraints = critical,CA:true
"""


def make_certificate(folder, kind):
    """The paths of a certificate and its key."""
    name = "DNS:other.example" if kind == "other-name" else "IP:127.0.0.1"
    dates = ("20200101000000Z", "20200102000000Z") if kind == "expired" else ("20200101000000Z", "20991231000000Z")
    for file, text in (("index", ""), ("serial", "01\n"), ("config", CONFIG % name)):
        with open(os.path.join(folder, file), "w", encoding="ascii") as out:
            out.write(text)

    def openssl(*arguments):
        subprocess.run(["openssl", *arguments], cwd=folder, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)

    openssl("req", "-new", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-subj", "/CN=test",
            "-keyout", "key.pem", "-out", "request.pem")
    openssl("ca", "-batch", "-selfsign", "-config", "config", "-keyfile", "key.pem", "-in", "request.pem",
            "-out", "cert.pem", "-notext", "-startdate", dates[0], "-enddate", dates[1])
    return os.path.join(folder, "cert.pem"), os.path.join(folder, "key.pem")


def pump(source, sink):
    try:
        while data := source.recv(65536):
            sink.sendall(data)
        sink.shutdown(socket.SHUT_WR)
    except OSError:
        pass


def serve(raw, context, backend):
    try:
        with context.wrap_socket(raw, server_side=True) as client, socket.create_connection(("127.0.0.1", backend)) as server:
            back = threading.Thread(target=pump, args=(server, client), daemon=True)
            back.start()
            pump(client, server)
            back.join()
    except OSError:
        raw.close()


def accept_all(listener, context, backend):
    while True:
        raw, _ = listener.accept()
        threading.Thread(target=serve, args=(raw, context, backend), daemon=True).start()


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--backend", type=int, required=True)
    parser.add_argument("--kind", choices=["good", "expired", "other-name"], default="good")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        certificate, key = make_certificate(folder, arguments.kind)
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(certificate, key)
        with socket.create_server(("127.0.0.1", 0)) as listener:
            threading.Thread(target=accept_all, args=(listener, context, arguments.backend), daemon=True).start()
            print("url=https://127.0.0.1:%d/ ca=%s" % (listener.getsockname()[1], certificate), flush=True)
            sys.stdin.read()


main()
