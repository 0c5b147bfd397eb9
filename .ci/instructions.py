#!/usr/bin/env python3
"""Counts the instructions of the stages of a page, and compares them with those of `.ci/instructions.txt`.

valgrind counts while the release binary audits pages that are always the same, once few and once more of them, so that what is
made ready once falls out. Counts do not depend on what else the machine does. They depend on the compiler, on the processor's
vector instructions, as valgrind shows them to programs, and a little on the C library: with another compiler what is off is told
and is no failure, and without AVX2 nothing is counted. `PLAINWAY_RENEW=1 .ci/instructions.py` writes the counts anew.
"""

import os
import pathlib
import platform
import re
import subprocess
import sys
import tempfile

ROOT = pathlib.Path(__file__).resolve().parent.parent
STORED = ROOT / ".ci" / "instructions.txt"
BINARY = ROOT / "target" / "release" / "plainway"

# How far a stage may be off, as a share. Our choice.
TOLERANCE = 0.03

# Pages of the two audits.
FEW, MORE = 4, 16

STAGES = {
    "parsing": "plainway::facts::dom::Dom::parse",
    "facts": "plainway::facts::page::Page::measure",
    "rules": "plainway::audit::Judge::page",
    "record": "plainway::history::pages::PageRecord::json",
}

SENTENCES = [
    "You can apply for a permit online, by mail, or at the town office on Mill Street.",
    "Applications shall be submitted in accordance with section 12 of the code.",
    "It takes about ten working days, and we will write to you when your permit is ready.",
    "If you have a question, call the parking team at (215) 555-0134 or write to parking@town.example.",
    "The fee is $40 for residents; there is no fee for people with a blue badge.",
    "Bring a photo ID, proof of address, and the registration of your vehicle.",
    "The council has approved the budget that was proposed by the mayor in the spring.",
    "Trees along the river are watered by volunteers, who meet at the old mill every Saturday at 9 a.m.",
    "Unless you tell us otherwise, the licence is renewed each year and the fee is taken from your account.",
    "The library lends books, films and garden tools to everybody who lives or works in the town.",
    "Children under twelve swim free of charge on weekdays, but must be accompanied by an adult.",
]


def page(n):
    """A page of a town: menu, headings, prose that no two paragraphs share, a table, a form, a foot."""
    menu = "".join(
        f'<li class="menu-item level-{i % 3}"><a href="/section-{i}/page-{i * n % 97}">Section {i}</a></li>\n'
        for i in range(60)
    )
    body = []
    for s in range(20):
        body.append(f'<section id=s{s}><h2>Step {s}</h2><div class="row"><div class="col-8">')
        for p in range(3):
            one, other = SENTENCES[(s + 2 * p + n) % 11], SENTENCES[(s * 7 + p + 3 * n + 5) % 11]
            body.append(f'<p>{one} {other} See <a href="/service-{(s * p + n) % 300}/">the service page {s}</a>.</p>\n')
        body.append('<ul><li>First thing to bring</li><li><a href="#s1">Second thing</a></li></ul></div>')
        body.append('<div class="col-4"><img src="/img/a.png" alt=""></div></div></section>\n')
    fields = "".join(f"<label for=f{f}>Question {f}</label><input id=f{f} name=q{f} required>" for f in range(8))
    return (
        f"<!doctype html><html lang=en><head><meta charset=utf-8><title>Page {n} - Town</title></head><body><header>"
        f"<a href=/>Town</a><nav><ul>{menu}</ul></nav></header><main><h1>Permits and licences</h1>{''.join(body)}"
        "<table><tr><th>Day<th>Hours<tr><td>Monday<td>9 a.m. to 5 p.m.</table><form action=/apply method=post>"
        f"{fields}<button>Send my request</button></form></main><footer><a href=/contact/>Contact us</a></footer></body></html>"
    )


def on_one_processor():
    """One worker reads all pages there: which of two comes first to a text that both keep would change the counts by 3 %."""
    os.sched_setaffinity(0, {min(os.sched_getaffinity(0))})


def counted(pages):
    """The instructions of each stage over so many pages, with all that it calls."""
    with tempfile.TemporaryDirectory() as temp:
        site = pathlib.Path(temp, "site")
        site.mkdir()
        for n in range(pages):
            (site / f"page-{n}.html").write_text(page(n), encoding="utf-8")
        out = pathlib.Path(temp, "counts")
        command = ["valgrind", "--tool=callgrind", f"--callgrind-out-file={out}", str(BINARY), "audit", str(site)]
        command += ["--as", "http://town.example/", "--no-history", "--render", "never", "--out", str(pathlib.Path(temp, "report"))]
        done = subprocess.run(command, capture_output=True, text=True, check=False, preexec_fn=on_one_processor)
        if not out.exists():
            sys.exit(f"valgrind could not count the instructions of an audit:\n{done.stderr[-2000:]}")
        table = ["callgrind_annotate", "--inclusive=yes", "--threshold=100", str(out)]
        lines = subprocess.run(table, capture_output=True, text=True, check=True).stdout.splitlines()
    counts = dict.fromkeys(STAGES, 0)
    for line in lines:
        row = re.match(r"\s*([\d,]+) \(\s*[\d.]+%\)\s+\S*?:(plainway::\S+)", line)
        for stage, name in STAGES.items():
            if row and row[2] == name:
                counts[stage] = int(row[1].replace(",", ""))
    missing = [STAGES[stage] for stage, count in counts.items() if count == 0]
    if missing:
        sys.exit(f"not among what was counted: {', '.join(missing)}; was it renamed, or drawn into what calls it?")
    return counts


def main():
    if platform.machine() != "x86_64" or "avx2" not in pathlib.Path("/proc/cpuinfo").read_text(encoding="utf-8"):
        print("no x86-64 processor with AVX2, so that instructions are not compared")
        return
    compiler = subprocess.run(["rustc", "--version"], cwd=ROOT, capture_output=True, text=True, check=True).stdout.strip()
    few, more = counted(FEW), counted(MORE)
    now = {stage: (more[stage] - few[stage]) // (MORE - FEW) for stage in STAGES}
    if os.environ.get("PLAINWAY_RENEW"):
        rows = "".join(f"{stage}\t{count}\n" for stage, count in now.items())
        STORED.write_text(f"{compiler}\n{rows}", encoding="utf-8")
    if not STORED.exists():
        for stage, count in now.items():
            print(f"{stage}: {count / 1e6:.2f} million instructions a page")
        print("nothing to compare with yet: `just instructions renew` writes the counts into .ci/instructions.txt")
        return
    stored_compiler, *rows = STORED.read_text(encoding="utf-8").splitlines()
    stored = {stage: int(count) for stage, count in (row.split("\t") for row in rows)}
    wrong = []
    for stage, count in now.items():
        off = count / stored[stage] - 1 if stored.get(stage) else float("inf")
        print(f"{stage}: {count / 1e6:.2f} million instructions a page, {off:+.1%}")
        if abs(off) > TOLERANCE:
            wrong.append(stage)
    if wrong and stored_compiler != compiler:
        print(f"counted with {stored_compiler}, and this is {compiler}: `just instructions renew` writes the counts anew")
    elif wrong:
        sys.exit(
            f"{', '.join(wrong)}: more than {TOLERANCE:.0%} off. Where that is meant, `just instructions renew` writes the "
            "counts anew, and the commit says why; where it is slower by accident, `just bench` and callgrind say where."
        )


if __name__ == "__main__":
    main()
