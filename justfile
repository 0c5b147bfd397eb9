# `just` lists the recipes. Each can be typed by hand as well.

_list:
    @just --list --unsorted

# Everything that must hold before a change is handed in; the same script runs in CI
ready:
    .ci/run

# All tests
test:
    cargo test

# Audit the bundled town before and after, into plainway-report/
demo:
    cargo run --release -- demo

# CPU time a page, stage by stage; `just bench DIR` measures the HTML files of a folder
bench *dir:
    cargo bench -- {{ dir }}

# What whole audits take, beside wget and lychee where they are installed; `just bench-whole 5000 20000 100000` says of how many pages
bench-whole *sizes:
    cargo build --release
    benches/whole.py {{ sizes }}

# Compare the instructions of each stage of a page with those of .ci/instructions.txt; `just instructions renew` writes them anew
instructions renew="":
    cargo build --release
    {{ if renew == "renew" { "PLAINWAY_RENEW=1" } else { "" } }} .ci/instructions.py

# Write how right the rules are on fixtures/services and fixtures/milltown into docs/accuracy.md; `just accuracy words/legalese` shows what was missed or wrong
accuracy show="":
    PLAINWAY_RENEW=1 PLAINWAY_SHOW="{{ show }}" cargo test --test accuracy -- --nocapture

# What the rules detect of the W3C's test cases (ACT), where they lie in ../shared; `just act c487ae` shows what goes wrong there
act show="":
    PLAINWAY_SHOW="{{ show }}" cargo test --test act -- --nocapture

# Write how far the style engine and Chromium agree, on the demo's town and the components of GOV.UK and USWDS (from npm), into docs/accuracy.md
truth:
    #!/usr/bin/env bash
    set -euo pipefail
    folder=$(mktemp -d)
    trap 'rm -rf "$folder"' EXIT
    npm install --prefix "$folder" --no-audit --no-fund --ignore-scripts govuk-frontend @uswds/uswds twig
    node tests/truth/pages.mjs "$folder/node_modules" "$folder/pages"
    PLAINWAY_TRUTH="$folder/pages" cargo test --test truth -- --nocapture

# Start a rule, as in `just new-rule forms/too-many-pages`
new-rule id:
    #!/usr/bin/env bash
    set -euo pipefail
    file="rules/{{ id }}.md"
    test ! -e "$file" || { echo "$file is there already" >&2; exit 1; }
    text=$(cargo run --quiet -- rules new "{{ id }}")
    printf '%s\n' "$text" > "$file"
    echo "Write $file, then run: cargo test --test rules"

# Pictures of the demo's reports in shots/, wide, narrow and printed, if there is a Chromium
shots:
    #!/usr/bin/env bash
    set -euo pipefail
    browser=$(command -v chromium || command -v chromium-browser || command -v google-chrome || true)
    test -n "$browser" || { echo "no Chromium on this machine, so no pictures"; exit 0; }
    mkdir -p shots
    cargo run --release --quiet -- demo --out shots/demo
    shoot() { "$browser" --headless --no-sandbox --disable-gpu --hide-scrollbars "$@" 2>/dev/null; }
    for page in index before/index before/site after/index after/site; do
        name=${page//\//-}
        from="file://$PWD/shots/demo/$page.html"
        shoot --window-size=1000,2400 --screenshot="$PWD/shots/$name-wide.png" "$from"
        shoot --window-size=500,2400 --screenshot="$PWD/shots/$name-narrow.png" "$from"
        shoot --no-pdf-header-footer --print-to-pdf="$PWD/shots/$name.pdf" "$from"
    done
    ls shots

# The pictures of docs/pictures, which the README shows, if there is a Chromium
pictures:
    #!/usr/bin/env bash
    set -euo pipefail
    browser=$(command -v chromium || command -v chromium-browser || command -v google-chrome || true)
    test -n "$browser" || { echo "no Chromium on this machine, so no pictures"; exit 0; }
    out=$(mktemp -d)
    cargo run --release --quiet -- demo --out "$out"
    mkdir -p docs/pictures
    shoot() { "$browser" --headless --no-sandbox --disable-gpu --hide-scrollbars --window-size="$3" --screenshot="$PWD/docs/pictures/$1.png" "file://$2" 2>/dev/null; }
    shoot scorecard "$out/after/index.html" 1000,1500
    shoot tasks "$out/before/tasks.html" 1000,1500
    shoot site "$out/after/site.html" 1000,1500
    shoot page "$(ls -S "$out"/before/pages/*.html | head -n 1)" 1000,1200
    shoot rule "$out/before/rules/access/image-without-alt.html" 1000,1200
    rm -rf "$out"
