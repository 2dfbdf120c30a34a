#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Does a JSON text follow a schema? usage: validate.py SCHEMA FILE"""
import json
import sys

import jsonschema  # Debian: python3-jsonschema

schema_path, text_path = sys.argv[1:]
with open(schema_path) as file:
    schema = json.load(file)
with open(text_path) as file:
    value = json.load(file)

jsonschema.Draft202012Validator.check_schema(schema)
errors = list(jsonschema.Draft202012Validator(schema).iter_errors(value))
for error in errors:
    print(error.message[:300])
    for cause in error.context:
        print(" ", list(cause.path), cause.message[:300])
sys.exit(1 if errors else 0)
