"""Makes the till's Python client from its OpenAPI document.

`python clients/till/generate.py` writes `ryadom_till.py`; with `--check` it fails when the file is
not what the document says.
"""

import json
import re
import sys
import textwrap
from pathlib import Path
from typing import Any

Json = dict[str, Any]

HERE = Path(__file__).parent
SOURCE = HERE.parent.parent / "docs" / "api" / "till.json"
TARGET = HERE / "ryadom_till.py"
_TYPES = {"string": "str", "integer": "int", "boolean": "bool", "null": "None"}


def generate(document: Json) -> str:
    """Return the whole module."""
    schemas = document["components"]["schemas"]
    operations = [
        operation | {"path": name, "method": method}
        for name, path in document["paths"].items()
        for method, operation in path.items()
        if method in ("get", "post")
    ]
    answers = dict.fromkeys(_answer(operation) for operation in operations)
    parts = [(HERE / "head.py.txt").read_text("utf-8").rstrip()]
    parts += [_view(name, schemas) for name in answers]
    base = document["servers"][0]["url"]
    parts.append((HERE / "client.py.txt").read_text("utf-8").rstrip().replace("{base}", base))
    text = "\n\n\n".join(parts)
    methods = [_method(operation, schemas) for operation in operations]
    return text + "\n\n" + "\n\n".join(methods) + "\n"


def _view(name: str, schemas: Json) -> str:
    schema = schemas[name]
    lines = ["@dataclass(frozen=True)", f"class {name}:", f'    """{schema["description"]}"""', ""]
    lines += [
        f"    {each}: {_type(inner, schemas)}" for each, inner in schema["properties"].items()
    ]
    return "\n".join(lines)


def _method(operation: Json, schemas: Json) -> str:
    if operation["method"] == "get":
        return _read(operation)
    form = _form(operation, schemas)
    required = set(form.get("required", ()))
    names = re.findall(r"{(\w+)}", operation["path"])
    arguments = ["self", *(f"{name}: str" for name in names)]
    fields = form["properties"]
    if fields or names:
        arguments.append("*")
    for each, inner in sorted(fields.items(), key=lambda pair: pair[0] not in required):
        arguments.append(f"{each}: {_type(inner, schemas)}{'' if each in required else ' = None'}")
    arguments.append("repeat: str | None = None")
    answer = _answer(operation)
    body = "".join(f'            "{each}": {each},\n' for each in fields)
    body = f"{{\n{body}        }}" if fields else "{}"
    prefix = "f" if names else ""
    about = [operation["summary"], *filter(None, [_prose(operation)])]
    lines = [f"    def {operation['operationId']}("]
    lines += [f"        {argument}," for argument in arguments]
    lines += [f"    ) -> {answer}:"]
    lines += [_docstring(about)]
    lines += [f"        body: dict[str, Any] = {body}"]
    lines += [f'        answer = self._post({prefix}"{operation["path"]}", body, repeat)']
    lines += [f"        return _made({answer}, answer)"]
    return "\n".join(lines)


def _read(operation: Json) -> str:
    """Return the method of a question without a body."""
    answer = _answer(operation)
    lines = [f"    def {operation['operationId']}(self) -> {answer}:"]
    lines += [_docstring([operation["summary"], *filter(None, [_prose(operation)])])]
    lines += [f'        return _made({answer}, self._get("{operation["path"]}"))']
    return "\n".join(lines)


def _docstring(paragraphs: list[str]) -> str:
    wrapped = [textwrap.fill(each, 92) for each in paragraphs]
    if len(wrapped) == 1:
        return f'        """{wrapped[0]}"""'
    text = '"""' + "\n\n".join(wrapped) + '\n"""'
    return textwrap.indent(text, " " * 8)


def _prose(operation: Json) -> str:
    """Return the description without its list of codes, on one line."""
    paragraphs = operation.get("description", "").split("\n\n")
    kept = [each for each in paragraphs if not each.startswith("- ")]
    return " ".join(" ".join(kept).split())


def _form(operation: Json, schemas: Json) -> Json:
    reference = operation["requestBody"]["content"]["application/json"]["schema"]["$ref"]
    found: Json = schemas[reference.rpartition("/")[2]]
    return found


def _answer(operation: Json) -> str:
    schema = operation["responses"]["200"]["content"]["application/json"]["schema"]
    name: str = schema["$ref"].rpartition("/")[2]
    return name


def _type(schema: Json, schemas: Json) -> str:
    if "$ref" in schema:
        schema = schemas[schema["$ref"].rpartition("/")[2]]
    if "anyOf" in schema:
        return " | ".join(_type(each, schemas) for each in schema["anyOf"])
    if "enum" in schema:
        return f"Literal[{', '.join(json.dumps(each) for each in schema['enum'])}]"
    return _TYPES[schema["type"]]


def main(arguments: list[str]) -> int:
    """Write the client, or check it."""
    text = generate(json.loads(SOURCE.read_text("utf-8")))
    if arguments == ["--check"]:
        return int(not TARGET.is_file() or TARGET.read_text("utf-8") != text)
    TARGET.write_text(text, "utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
