use super::*;
use crate::config::{SourceFile, check};
use crate::plan::between;

#[test]
fn what_else_a_refused_call_did_not_set_is_named_up_to_a_number() {
    let settings = ["test_mode", "hibp", "url_based_session_syncing", "development_origin"];
    let others = |count: usize| {
        let mut file = "instance: {support_email: a@example.com".to_owned();
        for name in &settings[..count] {
            let value =
                if *name == "development_origin" { "https://a.example.com" } else { "true" };
            file += &format!(", {name}: {value}");
        }
        let checked = check(&SourceFile::new("clerk.yaml", (file + "}\n").as_bytes()).unwrap());
        let problems = format!("{:?}", checked.findings);
        let desired = checked.configuration.expect(&problems).desired(None).unwrap();
        let plan = between(&desired, None, None, "s");
        let call = &plan.calls[0];
        let blamed = call.changes.iter().find(|change| change.field.name == "support_email");
        assert!(blamed.is_some());
        (untouched(call, blamed), untouched(call, None))
    };
    assert_eq!(others(0), (None, None));
    let one = "`test_mode` was not set either".to_owned();
    let nothing = Some("no setting of this call was changed".to_owned());
    assert_eq!(others(1), (Some(one), nothing.clone()));
    let (few, _) = others(3);
    let few = few.unwrap();
    assert!(settings[..3].iter().all(|name| few.contains(&format!("`{name}`"))), "{few}");
    assert!(few.ends_with(" were not set either"), "{few}");
    let many = "the other 4 settings of this call were not set either".to_owned();
    assert_eq!(others(4), (Some(many), nothing));
}
