"""authority.py - a certificate authority for one test, by the openssl program."""

import os

from lab import find, run


class Authority:
    """A certificate authority of this test only."""

    def __init__(self, lab):
        self.folder = lab.folder("ca")
        self.ca_file = os.path.join(self.folder, "ca.pem")
        self._openssl("req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes",
                      "-keyout", "ca.key", "-out", "ca.pem", "-days", "30", "-subj", "/CN=shorewatch test CA")

    def _openssl(self, *words):
        run([find("openssl"), *words], cwd=self.folder)

    def issue(self, name, subject_alt_names):
        """The paths of certificate and key."""
        extensions = os.path.join(self.folder, f"{name}.ext")
        with open(extensions, "w", encoding="utf-8") as file:
            file.write(f"subjectAltName={subject_alt_names}\n")
        self._openssl("req", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes",
                      "-keyout", f"{name}.key", "-out", f"{name}.csr", "-subj", f"/CN={name}")
        self._openssl("x509", "-req", "-in", f"{name}.csr", "-CA", "ca.pem", "-CAkey", "ca.key",
                      "-CAcreateserial", "-out", f"{name}.pem", "-days", "30", "-extfile", f"{name}.ext")
        return os.path.join(self.folder, f"{name}.pem"), os.path.join(self.folder, f"{name}.key")
