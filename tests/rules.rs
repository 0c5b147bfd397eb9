//! Every example of every rule is a test, named by file and line.

use libtest_mimic::{Arguments, Trial};
use plainway::audit::run_example;
use plainway::facts::Lexicon;
use plainway::rule::{Rules, embedded_categories, embedded_rules, embedded_words};
use std::sync::Arc;

fn main() -> std::process::ExitCode {
    let lexicon = Arc::new(Lexicon::parse(&embedded_words()).unwrap_or_else(|errors| {
        errors.iter().for_each(|e| eprintln!("{e}"));
        std::process::exit(1)
    }));
    let rules = match Rules::load(&embedded_rules(), embedded_categories(), &lexicon) {
        Ok(rules) => Arc::new(rules),
        Err(e) => {
            eprintln!("{e}");
            return std::process::ExitCode::FAILURE;
        }
    };
    let mut trials = Vec::new();
    for rule in &rules.list {
        for example in &rule.examples {
            let (rule, example, rules, lexicon) = (rule.clone(), example.clone(), rules.clone(), lexicon.clone());
            let name = format!("{}:{}", rule.file, example.line);
            trials.push(Trial::test(name, move || run_example(&rule, &example, &rules, &lexicon).map_err(Into::into)));
        }
    }
    libtest_mimic::run(&Arguments::from_args(), trials).exit_code()
}
