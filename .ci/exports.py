"""Reads the files of `--format` by other people's programs: the OASIS schema of SARIF, junitparser, the parser of
prometheus_client, and Python's own csv. Called by .ci/run with a folder of reports and the schema."""

import csv
import json
import pathlib
import sys

import jsonschema
from junitparser import JUnitXml
from prometheus_client.openmetrics.parser import text_string_to_metric_families

out, schema = pathlib.Path(sys.argv[1]), json.loads(pathlib.Path(sys.argv[2]).read_text())
audit = json.loads((out / "audit.json").read_text())
findings = {f["key"]: f for f in audit["findings"]}
today = [f for f in findings.values() if f["state"] in ("new", "open", "back")]

sarif = json.loads((out / "audit.sarif").read_text())
validator = jsonschema.validators.validator_for(schema)
mistakes = list(validator(schema, format_checker=validator.FORMAT_CHECKER).iter_errors(sarif))
assert not mistakes, mistakes[0].message
results = sarif["runs"][0]["results"]
assert len(results) == len(today), (len(results), len(today))
print(f"audit.sarif: {len(results)} results, valid by the schema of OASIS")

junit = JUnitXml.fromfile(str(out / "junit.xml"))
cases = [case for suite in junit for case in suite]
failed = {(suite.name, case.classname) for suite in junit for case in suite if case.result and not case.is_skipped}
expected = {(f["url"], f["rule"]) for f in today if f["outcome"] == "fail" and f["status"] == "active"}
assert failed == expected, failed ^ expected
print(f"junit.xml: {len(cases)} cases, {len(failed)} failed")

families = list(text_string_to_metric_families((out / "metrics.txt").read_text()))
score = next(f for f in families if f.name == "plainway_score").samples[0].value
assert score == audit["score"]["value"], score
print(f"metrics.txt: {len(families)} families")

with open(out / "findings.csv", newline="", encoding="utf-8") as file:
    rows = list(csv.DictReader(file))
assert [row["key"] for row in rows] == list(findings), "the table has other findings than audit.json"
assert abs(sum(float(row["lost"]) for row in rows) - (100 - audit["score"]["value"])) < 1e-6
print(f"findings.csv: {len(rows)} rows")

problems = json.loads((out / "gitlab.json").read_text())
assert len({p["fingerprint"] for p in problems}) == len(problems)
print(f"gitlab.json: {len(problems)} problems")
