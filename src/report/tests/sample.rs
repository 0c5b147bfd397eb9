//! `reports/sample.json` shows whoever writes templates what they get.

use super::*;

/// Every key of an object, and of the first object in each list.
fn same_keys(at: &str, sample: &Value, made: &Value) {
    match (sample, made) {
        (Value::Object(sample), Value::Object(made)) => {
            let keys =
                |o: &serde_json::Map<String, Value>| o.keys().cloned().collect::<std::collections::BTreeSet<_>>();
            assert_eq!(keys(sample), keys(made), "at {at}");
            for (key, value) in sample {
                same_keys(&format!("{at}.{key}"), value, &made[key]);
            }
        }
        (Value::Array(sample), Value::Array(made)) => {
            if let (Some(sample), Some(made)) = (sample.first(), made.first()) {
                same_keys(&format!("{at}[0]"), sample, made);
            }
        }
        _ => {}
    }
}

#[test]
fn the_sample_has_the_shape_of_the_context() {
    let rules = rules();
    let sample = serde_json::from_str(include_str!("../../../reports/sample.json")).expect("it is JSON");
    same_keys("context", &sample, &value(&full(rules, "apply"), &subject(rules, "Milltown")));
}
