//! Rules, templates and the bundled town are inside the binary: a new file there means a new build.

fn main() {
    for folder in ["rules", "reports", "fixtures/milltown"] {
        println!("cargo::rerun-if-changed={folder}");
    }
}
