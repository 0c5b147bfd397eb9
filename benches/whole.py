#!/usr/bin/env python3
"""What whole audits take: processor time, the clock and the peak of memory, as one table in Markdown.

`benches/whole.py [PAGES [SMALL …]]` generates PAGES pages of 42 kB (5,000), and as many pages of 0.5 kB as each SMALL says (20,000 and
100,000; 500,000 takes half an hour). Those of 42 kB are audited over HTTP, beside `wget -r` and, where it is installed, `lychee`, then
from a folder and from a snapshot. All rows are of one run, so that ratios hold better than times. Without nginx, which gives out the
pages, and without wget these rows are left out. Everything is made in a temporary folder and goes with it; `target/release/plainway`
is what is measured, or what PLAINWAY names.
"""

import contextlib
import importlib.util
import os
import pathlib
import platform
import re
import shutil
import socket
import subprocess
import sys
import tempfile
import time

ROOT = pathlib.Path(__file__).resolve().parent.parent
PLAINWAY = os.environ.get("PLAINWAY", str(ROOT / "target" / "release" / "plainway"))

# Days of the audits of one site: an audit is told from the one before by its day.
DAYS = ["2026-11-01", "2026-11-02"]

QUIET = ["--render", "never", "--pages", "none"]


def town():
    """The pages that instructions are counted on."""
    spec = importlib.util.spec_from_file_location("instructions", ROOT / ".ci" / "instructions.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module.page


def write_pages(folder, count):
    """Pages of 42 kB, each the matter of two, whose links lead to one another."""
    page = town()
    folder.mkdir()
    for n in range(count):
        own, other = page(n), page(n + 7919)
        more = other[other.index("<section") : other.rindex("</section>") + 10].replace("id=s", "id=t")
        end = own.rindex("</section>") + 10
        html = own[:end] + more + own[end:]
        html = re.sub(r'href="/section-(\d+)/page-(\d+)"', lambda m: f'href="/page-{int(m[1]) % count}.html"', html)
        html = re.sub(r'href="/service-(\d+)/"', lambda m: f'href="/page-{(n * 31 + int(m[1])) % count}.html"', html)
        html = html.replace("href=/contact/", "href=/page-1.html").replace("href=/>", "href=/page-0.html>")
        (folder / f"page-{n}.html").write_text(html)
    shutil.copy(folder / "page-0.html", folder / "index.html")


def write_small(folder, count):
    """Pages of 0.5 kB with three links, a phrase of officialese and a picture without text."""

    def name(n):
        return "index.html" if n == 0 else f"d{n // 1000}/p{n}.html"

    for n in range(count):
        path = folder / name(n)
        if n % 1000 in (0, 1):
            path.parent.mkdir(parents=True, exist_ok=True)
        zero, one, two = (f"/{name((n * 7 + k) % count)}" for k in range(3))
        path.write_text(
            f"<!doctype html><html lang=en><head><title>Page {n} of the town</title></head><body><h1>Service {n}</h1>"
            f"<p>Pursuant to ordinance {n}, residents shall remit the application to office {n % 50}.</p><img src=m.png>"
            f"<p><a href='{zero}'>Zero {n}</a> <a href='{one}'>One</a> <a href='{two}'>Two</a></p></body></html>"
        )


def measure(name, command, folder, pages=None):
    """Runs a command and prints its row. An exit code that says that something was found is none of a failure."""
    begun = time.monotonic()
    with open(os.devnull, "wb") as nothing, tempfile.TemporaryFile() as told:
        child = subprocess.Popen(command, cwd=folder, stdin=nothing, stdout=nothing, stderr=told)
        _, status, used = os.wait4(child.pid, 0)
        child.returncode = os.waitstatus_to_exitcode(status)
        seconds = time.monotonic() - begun
        told.seek(0)
        # wget says 8 where an address was answered with an error, lychee 2 where a link leads nowhere.
        if child.returncode not in (0, 1, 2, 8):
            sys.exit(f"{' '.join(map(str, command))}\nended with {child.returncode}:\n{told.read().decode(errors='replace')[-2000:]}")
    work = used.ru_utime + used.ru_stime
    each = f"{1000 * work / pages:.2f} | {1000 * seconds / pages:.2f}" if pages else " | "
    print(f"| {name} | {work:.2f} | {seconds:.2f} | {each} | {used.ru_maxrss / 1000:.0f} |", flush=True)


@contextlib.contextmanager
def served(folder, temp):
    """Gives out a folder by nginx on a free port of this machine; yields its address."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    config = temp / "nginx.conf"
    config.write_text(
        f"worker_processes 1; daemon off; pid {temp}/nginx.pid; error_log {temp}/nginx.log;\n"
        "events { worker_connections 256; }\n"
        f"http {{ access_log off; types {{ text/html html; }} client_body_temp_path {temp}/body; proxy_temp_path {temp}/proxy;\n"
        f"fastcgi_temp_path {temp}/fastcgi; uwsgi_temp_path {temp}/uwsgi; scgi_temp_path {temp}/scgi;\n"
        f"server {{ listen 127.0.0.1:{port}; root {folder}; }} }}\n"
    )
    # Where it runs as root, its worker does not, and has to come to the folder.
    temp.chmod(0o755)
    server = subprocess.Popen(["nginx", "-c", config], stderr=subprocess.DEVNULL)
    try:
        for _ in range(100):
            with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), 1):
                break
            time.sleep(0.1)
        else:
            sys.exit(f"nginx did not start; see {config}")
        yield f"http://127.0.0.1:{port}/"
    finally:
        server.terminate()
        server.wait()


def audits(name, target, folder, pages, more=()):
    """The first audit of a site and one of it unchanged, then its reports, in an empty folder and again."""
    folder.mkdir()
    limit = ["--max-pages", str(pages + 1000)]
    for day, what in zip(DAYS, ["first audit", "again, unchanged"]):
        measure(f"{name}: {what}", [PLAINWAY, "audit", target, *more, *QUIET, *limit, "--as-of", day], folder, pages)
    for what in ["report in an empty folder", "the same report again"]:
        measure(f"{name}: {what}", [PLAINWAY, "report", "--pages", "none", "--out", "other"], folder, pages)


def main():
    sizes = [int(size) for size in sys.argv[1:]] or [5_000, 20_000, 100_000]
    pages, small = sizes[0], sizes[1:]
    if not os.access(PLAINWAY, os.X_OK):
        sys.exit(f"there is no {PLAINWAY}; `cargo build --release` makes it")
    print(f"{platform.platform()}, {os.cpu_count()} processors; {os.path.getsize(PLAINWAY) / 1e6:.1f} MB of program\n")
    print("| | CPU-s | s | CPU-ms a page | ms a page | peak MB |")
    print("|---|---:|---:|---:|---:|---:|")
    with tempfile.TemporaryDirectory() as temp:
        temp = pathlib.Path(temp)
        measure("start: `--version`", [PLAINWAY, "--version"], temp)
        measure("start: `rules list`", [PLAINWAY, "rules", "list"], temp)
        town_folder = temp / "town"
        write_pages(town_folder, pages)
        name = f"{pages:,} pages of 42 kB"
        if shutil.which("lychee"):
            measure(f"{name}: `lychee --offline`", ["lychee", "--offline", "--no-progress", "--root-dir", town_folder, town_folder], temp, pages)
        if shutil.which("nginx"):
            with served(town_folder, temp) as address:
                if shutil.which("wget"):
                    (temp / "wget").mkdir()
                    measure(f"{name}: `wget -r`", ["wget", "-q", "-r", "-l", "inf", "-nH", address], temp / "wget", pages)
                    shutil.rmtree(temp / "wget")
                own = ["--delay", "0", "--concurrency", "8"]
                audits(f"{name}, over HTTP", address, temp / "http", pages, own)
            snapshot = sorted((temp / "http" / ".plainway" / "snapshots").glob("*.warc.gz"))[-1]
            (temp / "archive").mkdir()
            command = [PLAINWAY, "audit", snapshot, *QUIET, "--max-pages", str(pages + 1000), "--no-history"]
            measure(f"{name}: from the snapshot of that", command, temp / "archive", pages)
            shutil.rmtree(temp / "http")
        audits(f"{name}, a folder", town_folder, temp / "folder", pages, ["--as", "http://town.example/"])
        shutil.rmtree(town_folder)
        shutil.rmtree(temp / "folder")
        for count in small:
            write_small(temp / "small", count)
            audits(f"{count:,} pages of 0.5 kB", temp / "small", temp / "many", count, ["--as", "http://many.example/"])
            shutil.rmtree(temp / "small")
            shutil.rmtree(temp / "many")


main()
