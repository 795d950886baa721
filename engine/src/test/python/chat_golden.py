"""Renders chat templates and small expressions with jinja2 as transformers sets it up, as golden files for the tests.

Run: python chat_golden.py   (needs jinja2 3.1.6; writes ../resources/dev/vivace/chat/{expressions,conversations}.json)
     python chat_golden.py TEMPLATES OUT.json   (renders the conversations with every *.jinja in a folder instead)
"""
import datetime
import json
import pathlib
import sys

import jinja2
import jinja2.ext
from jinja2.sandbox import ImmutableSandboxedEnvironment

from chat_cases import CONVERSATIONS, EXPRESSIONS, VARIABLES

FOLDER = pathlib.Path(__file__).parent.parent / "resources/dev/vivace/chat"
NOW = datetime.datetime(2024, 7, 26, 9, 5, 3)


class Generation(jinja2.ext.Extension):
    """{% generation %} marks what the assistant wrote; it renders its body in a scope of its own."""

    tags = {"generation"}

    def parse(self, parser):
        line = next(parser.stream).lineno
        body = parser.parse_statements(["name:endgeneration"], drop_needle=True)
        return jinja2.nodes.CallBlock(self.call_method("body"), [], [], body).set_lineno(line)

    def body(self, caller):
        return caller()


def environment():
    env = ImmutableSandboxedEnvironment(
        trim_blocks=True, lstrip_blocks=True, extensions=[Generation, jinja2.ext.loopcontrols]
    )

    def tojson(value, ensure_ascii=False, indent=None, separators=None, sort_keys=False):
        return json.dumps(
            value, ensure_ascii=ensure_ascii, indent=indent, separators=separators, sort_keys=sort_keys
        )

    def raise_exception(message):
        raise jinja2.exceptions.TemplateError(message)

    env.filters["tojson"] = tojson
    env.globals["raise_exception"] = raise_exception
    env.globals["strftime_now"] = lambda form: NOW.strftime(form)
    return env


def render(source, variables):
    try:
        return {"output": environment().from_string(source).render(**variables)}
    except Exception as error:  # every failure of Python is a case that we must refuse as well
        return {"fails": f"{type(error).__name__}: {error}"}


def conversation(source, name, case):
    variables = {"tools": None, "documents": None, "bos_token": "<s>", "eos_token": "</s>"}
    variables.update(case)
    return {"name": name, "variables": variables, **render(source, variables)}


def write(path, content):
    path.write_text(json.dumps(content, ensure_ascii=True, indent=1) + "\n")
    cases = content["cases"]
    print(path, len(cases), "cases,", sum("fails" in case for case in cases), "fail")


def main():
    if len(sys.argv) == 3:
        files = sorted(pathlib.Path(sys.argv[1]).glob("*.jinja"))
        target = pathlib.Path(sys.argv[2])
    else:
        files = sorted(FOLDER.glob("*.jinja"))
        target = FOLDER / "conversations.json"
        cases = [{"template": source, **render(source, VARIABLES)} for source in EXPRESSIONS]
        write(FOLDER / "expressions.json", {"variables": VARIABLES, "cases": cases})
    cases = [
        {"file": file.name, **conversation(file.read_bytes().decode(), name, case)}
        for file in files
        for name, case in CONVERSATIONS.items()
    ]
    write(target, {"cases": cases})


if __name__ == "__main__":
    main()
