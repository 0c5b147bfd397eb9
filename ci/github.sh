#!/usr/bin/env bash
# What the action runs: the audit with its gate, the summary of the job, marks on changed lines, and outputs.
# The exit code is that of the audit: 0 passed, 1 a new problem, 2 a wrong setting, 3 not done.
set -euo pipefail

out=${PLAINWAY_OUT:-plainway-report}
args=(audit "$PLAINWAY_TARGET" --out "$out" --no-history --gate --format "sarif,junit,summary,annotations")
[ -z "${PLAINWAY_AS:-}" ] || args+=(--as "$PLAINWAY_AS")
[ -z "${PLAINWAY_BASELINE:-}" ] || args+=(--baseline "$PLAINWAY_BASELINE")
[ -z "${PLAINWAY_WAIVERS:-}" ] || args+=(--waivers "$PLAINWAY_WAIVERS")
[ "${PLAINWAY_REPORT_ONLY:-false}" != true ] || args+=(--report-only)

# What stands on a page is printed, too, and must not be taken for a command of the workflow.
token=$(od -An -N16 -tx1 /dev/urandom | tr -d ' \n')
echo "::stop-commands::$token"
code=0
plainway "${args[@]}" || code=$?
echo "::$token::"

# Those of an audit that was done; a gate that failed is one.
if [ "$code" -le 1 ]; then
    cat "$out/summary.md" >>"$GITHUB_STEP_SUMMARY"
    cat "$out/annotations.txt"
    {
        echo "sarif=$out/audit.sarif"
        echo "score=$(sed -n 's/^ *"value": \([0-9.]*\),$/\1/p' "$out/audit.json" | head -n 1)"
    } >>"$GITHUB_OUTPUT"
fi
exit "$code"
