#!/usr/bin/env python3
"""Makes the seeds of the fuzz targets from what the other tests hold: the cases, the examples, and
the code blocks of the documentation. Also a dictionary,
of the names in them."""

import contextlib
import json
import re
import shutil
from hashlib import sha256
from pathlib import Path

HERE = Path(__file__).parent
ROOT = HERE.parent
CORPUS = HERE / "corpus"


def seeds():
    """Pairs of a target and the bytes of one of its seeds."""
    for path in sorted([*ROOT.glob("tests/cases/**/*"), *ROOT.glob("examples/**/*")]):
        if not path.is_file():
            continue
        data = path.read_bytes()
        if path.suffix in (".yaml", ".yml"):
            yield "configuration", data
            states = sorted(filter(Path.is_file, path.parent.glob("*.state.json")))
            for state in states or [None]:
                state = state.read_bytes() if state else b""
                yield "saved_plan", data + b"\0" + state + b"\0" + b"\x01\x00\x02x"
        elif path.name.endswith("state.json"):
            yield "state", data
        elif path.name == "answers.json":
            for answers in json.loads(data).values():
                for answer in answers:
                    yield "answer", written(answer)
        elif path.name == "requests.json":
            for request in json.loads(data):
                if "body" in request:
                    yield "answer", b"200\n" + json.dumps(request["body"]).encode()
        elif path.suffix == ".json" and b'"checksum"' in data:
            yield "saved_plan", data
    for page in sorted([ROOT / "README.md", *ROOT.glob("docs/*.md")]):
        for block in re.findall(r"^```yaml\n(.*?)^```", page.read_text(), re.M | re.S):
            yield "configuration", block.encode()


def written(answer):
    """An answer of a case, as the target reads it."""
    body = answer.get("text")
    if body is None:
        body = json.dumps(answer["body"]) if answer.get("body") is not None else ""
    return f"{answer.get('status') or 200}\n{body}".encode()


def names(value):
    """The names of the members of a JSON document, at any depth."""
    if isinstance(value, dict):
        yield from value
        value = list(value.values())
    for item in value if isinstance(value, list) else []:
        yield from names(item)


def main():
    shutil.rmtree(CORPUS, ignore_errors=True)
    found = set(names(json.loads((ROOT / "schema/clerkform.schema.json").read_text())))
    for target, data in seeds():
        folder = CORPUS / target
        folder.mkdir(parents=True, exist_ok=True)
        (folder / sha256(data).hexdigest()[:16]).write_bytes(data)
        with contextlib.suppress(ValueError):
            found.update(names(json.loads(data)))
    words = sorted(f'"{name}"' for name in found if re.fullmatch(r"[a-z]\w+", name))
    (CORPUS / "words.dict").write_text("\n".join(words) + "\n")
    for folder in sorted(folder for folder in CORPUS.iterdir() if folder.is_dir()):
        print(f"{folder.name}: {len(list(folder.iterdir()))} seeds")


if __name__ == "__main__":
    main()
