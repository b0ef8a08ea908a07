"""Other reconcilers on as many things as a fleet has targets: octoDNS with zones, OpenTofu or Terraform
with resources that they keep by themselves. None of them needs a network here, nor speaks to a service: what
is timed is what they do themselves. One that is not installed is said to be missing.
"""

import json
import os
import shutil
import subprocess
import time

# What is printed for a peer, by what it is compared with.
STEPS = ("validate", "plan", "apply all", "apply nothing")


class OctoDNS:
    """Zones of four records each, from one folder of YAML into another."""

    name = "octoDNS"

    def __init__(self):
        self.command = shutil.which("octodns-sync")
        self.validate = shutil.which("octodns-validate")

    def is_there(self):
        return bool(self.command and self.validate)

    def prepare(self, folder, number):
        for name in ("config", "live"):
            os.makedirs(os.path.join(folder, name))
        records = {
            "": {"type": "A", "values": ["192.0.2.1", "192.0.2.2"]},
            "mail": {"type": "MX", "value": {"exchange": "mx.example.com.", "preference": 10}},
            "text": {"type": "TXT", "value": "a text"},
            "www": {"type": "CNAME", "value": "www.example.com."},
        }
        zones = [f"app{index:05}.example." for index in range(number)]
        for zone in zones:
            with open(os.path.join(folder, "config", f"{zone}yaml"), "w", encoding="utf-8") as file:
                # JSON is YAML.
                json.dump(records, file)
        provider = "octodns.provider.yaml.YamlProvider"
        document = {
            "manager": {"max_workers": 2},
            "providers": {
                name: {"class": provider, "directory": os.path.join(folder, name)}
                for name in ("config", "live")
            },
            "zones": {zone: {"sources": ["config"], "targets": ["live"]} for zone in zones},
        }
        with open(os.path.join(folder, "octodns.yaml"), "w", encoding="utf-8") as file:
            json.dump(document, file)

    def words(self, step):
        sync = [self.command, "--config-file", "octodns.yaml", "--quiet"]
        return {
            "validate": [self.validate, "--config-file", "octodns.yaml"],
            "plan": sync,
            # More than a third of a zone is new, which it takes for a mistake unless it is forced.
            "apply all": [*sync, "--doit", "--force"],
            "apply nothing": [*sync, "--doit"],
        }[step]


class Tofu:
    """Resources that are kept in its own state and nowhere else."""

    def __init__(self):
        self.command = shutil.which("tofu") or shutil.which("terraform")
        is_terraform = self.command and os.path.basename(self.command) == "terraform"
        self.name = "Terraform" if is_terraform else "OpenTofu"

    def is_there(self):
        return bool(self.command)

    def prepare(self, folder, number):
        resources = {
            f"app{index:05}": {"input": {"hibp": True, "members": 5, "allowlist": False}}
            for index in range(number)
        }
        with open(os.path.join(folder, "main.tf.json"), "w", encoding="utf-8") as file:
            json.dump({"resource": {"terraform_data": resources}}, file)
        run([self.command, "init", "-backend=false", "-input=false"], folder)

    def words(self, step):
        plain = ["-input=false", "-no-color"]
        return {
            "validate": [self.command, "validate", "-no-color"],
            "plan": [self.command, "plan", *plain],
            "apply all": [self.command, "apply", *plain, "-auto-approve"],
            "apply nothing": [self.command, "apply", *plain, "-auto-approve"],
        }[step]


def run(words, folder):
    """Seconds of the wall clock of one run; fails where that does."""
    started = time.monotonic()
    ran = subprocess.run(words, cwd=folder, capture_output=True, text=True, check=False)
    if ran.returncode != 0:
        raise SystemExit(f"{' '.join(words)} ended with {ran.returncode}: {ran.stderr[-2000:]}")
    return time.monotonic() - started


def timed(peer, folder, number):
    """Seconds of each of the steps."""
    peer.prepare(folder, number)
    return {step: run(peer.words(step), folder) for step in STEPS}


PEERS = (OctoDNS, Tofu)
