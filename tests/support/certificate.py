"""Certificates for test servers that speak TLS."""

import os
import subprocess

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
