#!/usr/bin/env python3
"""schema_check.py SCHEMA FILES... - every body in the golden files is what the schema says.

A reader of its own for the few words of JSON Schema that ours uses; a word that it does not know is a fault of the
schema, so that none is ever passed over. Readers bear
fields that are not in it; here one is a fault. And each body with a field taken away, added or of another type must
be found.
"""

import copy
import datetime
import json
import re
import sys

TYPES = {
    "object": lambda v: isinstance(v, dict), "array": lambda v: isinstance(v, list),
    "string": lambda v: isinstance(v, str), "boolean": lambda v: isinstance(v, bool), "null": lambda v: v is None,
    "integer": lambda v: isinstance(v, int) and not isinstance(v, bool),
}
KNOWN = {"$schema", "title", "description", "type", "required", "properties", "const", "enum",
         "pattern", "minimum", "maxItems", "items", "format"}


def check_type(schema, value, at):
    names = schema.get("type", [])
    names = [names] if isinstance(names, str) else names
    if names and not any(TYPES[name](value) for name in names):
        yield f"{at}: {value!r} is none of {names}"


def check_string(schema, value, at):
    if "pattern" in schema and not re.search(schema["pattern"], value):
        yield f"{at}: {value!r} is not {schema['pattern']}"
    if schema.get("format") == "date-time" and datetime.datetime.fromisoformat(value).tzinfo is None:
        yield f"{at}: {value!r} has no zone"


def check_object(schema, value, at):
    fields = schema.get("properties", {})
    for name in schema.get("required", []):
        if name not in value:
            yield f"{at}: lacks {name}"
    for name, inner in value.items():
        if name in fields:
            yield from check(fields[name], inner, f"{at}/{name}")
        elif fields:
            yield f"{at}: {name} is not written down"


def check(schema, value, at=""):
    for word in set(schema) - KNOWN:
        yield f"{at}: the schema says {word}, which this reader does not know"
    yield from check_type(schema, value, at)
    if "const" in schema and value != schema["const"]:
        yield f"{at}: {value!r} is not {schema['const']!r}"
    if "enum" in schema and value not in schema["enum"]:
        yield f"{at}: {value!r} is none of {schema['enum']}"
    if "minimum" in schema and TYPES["integer"](value) and value < schema["minimum"]:
        yield f"{at}: {value} is less than {schema['minimum']}"
    if isinstance(value, str):
        yield from check_string(schema, value, at)
    elif isinstance(value, dict):
        yield from check_object(schema, value, at)
    elif isinstance(value, list):
        if len(value) > schema.get("maxItems", len(value)):
            yield f"{at}: {len(value)} items"
        for i, item in enumerate(value):
            yield from check(schema.get("items", {}), item, f"{at}/{i}")


def bodies(path):
    with open(path, encoding="utf-8") as file:
        for line in file:
            if line.startswith("{"):
                yield json.loads(line)


def broken(schema, body):
    """Bodies that are wrong in one place each."""
    for name in body:
        without = copy.deepcopy(body)
        del without[name]
        yield without
        wrong = copy.deepcopy(body)
        wrong[name] = 1.5
        yield wrong
    yield {**body, "more": 1}
    assert schema["required"]


def main(schema_path, *paths):
    with open(schema_path, encoding="utf-8") as file:
        schema = json.load(file)
    count, faults = 0, []
    for path in paths:
        for body in bodies(path):
            count += 1
            faults += [f"{path}: {fault}" for fault in check(schema, body)]
            for wrong in broken(schema, body):
                if not list(check(schema, wrong)):
                    faults.append(f"{path}: passes and must not: {json.dumps(wrong)[:200]}")
    for fault in faults:
        print(fault)
    print(f"{count} bodies, {len(faults)} faults")
    return 1 if faults or count < 10 else 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
