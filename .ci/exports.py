"""Reads the files of `--format` by other people's programs: the OASIS schema of SARIF, junitparser, the parser of
prometheus_client, Python's own csv, rdflib, and the schema of OpenACR. Called by .ci/run with a folder of reports and the two schemas."""

import csv
import json
import pathlib
import sys

import jsonschema
import rdflib
import yaml
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

EARL = rdflib.Namespace("http://www.w3.org/ns/earl#")
graph = rdflib.Graph().parse(str(out / "earl.jsonld"), format="json-ld")
assertions = list(graph.subjects(rdflib.RDF.type, EARL.Assertion))
outcomes = [graph.value(graph.value(a, EARL.result), EARL.outcome) for a in assertions]
assert assertions and set(outcomes) <= {EARL.failed, EARL.cantTell}, set(outcomes)
for assertion in assertions:
    test = str(graph.value(assertion, EARL.test))
    assert test.startswith("https://www.w3.org/TR/WCAG22/#") and not test.endswith("#"), test
    assert graph.value(assertion, EARL.subject) and graph.value(assertion, EARL.assertedBy)
print(f"earl.jsonld: {len(assertions)} assertions, {outcomes.count(EARL.failed)} failed, {len(graph)} triples")

draft = yaml.safe_load((out / "openacr.yaml").read_text())
jsonschema.validate(draft, json.loads(pathlib.Path(sys.argv[3]).read_text()))
rows = [(c["num"], c["components"][0]["adherence"]["level"]) for name, chapter in draft["chapters"].items() for c in chapter.get("criteria", [])]
failed = {c["criterion"] for c in audit["wcag"]["criteria"] if c["state"] == "failed"}
assert {num for num, level in rows if level == "partially-supports"} == failed
assert {level for _, level in rows} <= {"partially-supports", "not-evaluated"} and draft["title"].startswith("INCOMPLETE")
print(f"openacr.yaml: {len(rows)} rows, valid by the schema of OpenACR")
