#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Do JSON texts follow schemas? usage: validate.py SCHEMA FILE [SCHEMA FILE]...

What is wrong is printed as "FILE: message"; the exit status is 1 if anything is."""
import json
import sys

import jsonschema  # Debian: python3-jsonschema


def read(path):
    with open(path) as file:
        return json.load(file)


def validate(schema_path, text_path):
    schema = read(schema_path)
    jsonschema.Draft202012Validator.check_schema(schema)
    try:
        value = read(text_path)
    except ValueError as error:
        yield "no JSON: %s" % error
        return
    for error in jsonschema.Draft202012Validator(schema).iter_errors(value):
        yield error.message[:300]
        for cause in error.context:
            yield "  %s %s" % (list(cause.path), cause.message[:300])


failed = False
for pair in zip(sys.argv[1::2], sys.argv[2::2]):
    for message in validate(*pair):
        print("%s: %s" % (pair[1], message))
        failed = True
sys.exit(failed)
