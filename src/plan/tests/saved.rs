//! What is read of a saved plan that was changed and given a digest that fits.

use super::*;

#[test]
fn a_saved_plan_asks_for_what_a_file_can_ask_for_whatever_its_digest() {
    let plan = Plan { targets: vec![between(&desired(FILE), None, None, "s")], ..Plan::default() };
    let saved = |plan: &Plan| parse(PlanDocument::from(plan).to_value().to_string().as_bytes());
    assert!(saved(&plan).is_ok());
    let changed = |change: fn(&mut Vec<Call>)| {
        let mut plan = plan.clone();
        change(&mut plan.targets[0].calls);
        saved(&plan).unwrap_err()
    };
    let seen = |section: &str, field: &str| {
        let mut plan = plan.clone();
        plan.targets[0]
            .observed
            .entry(section.to_owned())
            .or_default()
            .insert(field.to_owned(), json!(false));
        saved(&plan).unwrap_err()
    };
    // A call without a change would be a request all the same.
    assert_eq!(changed(|calls| calls[0].changes.clear()), SavedPlanError::Changed);
    for error in [
        seen("instance", "hibp"),
        seen("protect", "rules_enabled"),
        changed(|calls| calls.push(calls[0].clone())),
        changed(|calls| {
            let again = calls[0].changes[0].clone();
            calls[0].changes.push(again);
        }),
        changed(|calls| calls[0].changes[0].after = json!({"deep": [1]}).into()),
        changed(|calls| {
            calls[0].changes[0].field = calls[0].section.field("support_email").unwrap();
            calls[0].changes[0].after = json!("sk_test_abcdefghijklmnop").into();
        }),
    ] {
        assert!(matches!(error, SavedPlanError::Damaged(_)), "{error}");
    }
}
