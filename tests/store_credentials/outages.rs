//! Whoever hands out credentials has trouble: what passes is waited out and forgotten, and what does
//! not is found out once.

use std::fs;
use std::thread;

use serde_json::json;

use super::{ASSUMED, AZURE, GOOGLE, Machine, ROLE, S3, text};
use crate::support::fake::{Answer, Fault, Script};

fn failing(status: u16) -> Answer {
    Answer { status, text: Some("<html>hush</html>".to_owned()), ..Answer::default() }
}

/// A source: what it is asked by, what it hands out, the state, the variables that lead to it.
struct Source {
    asked: String,
    answer: Answer,
    state: &'static str,
    variables: Vec<(&'static str, String)>,
}

impl Source {
    fn container() -> Self {
        let handed = json!({"AccessKeyId": "ASIAHANDED", "SecretAccessKey": "hush"});
        let variable = ("AWS_CONTAINER_CREDENTIALS_FULL_URI", "URL/handed".to_owned());
        Self {
            asked: "GET /handed".to_owned(),
            answer: text(&handed.to_string()),
            state: S3,
            variables: vec![variable],
        }
    }

    fn web_identity(machine: &Machine) -> Self {
        let role: String = url::form_urlencoded::byte_serialize(ROLE.as_bytes()).collect();
        Self {
            asked: format!(
                "POST /?Action=AssumeRoleWithWebIdentity&DurationSeconds=3600&RoleArn={role}&\
                 RoleSessionName=WebIdentitySession&Version=2011-06-15&WebIdentityToken=hushtoken"
            ),
            answer: text(ASSUMED),
            state: S3,
            variables: vec![
                ("AWS_WEB_IDENTITY_TOKEN_FILE", machine.write("token", "hushtoken")),
                ("AWS_ROLE_ARN", ROLE.to_owned()),
                ("AWS_ENDPOINT_URL_STS", "URL".to_owned()),
            ],
        }
    }

    fn federation(machine: &Machine) -> Self {
        let content = json!({
            "type": "external_account", "audience": "a", "subject_token_type": "b",
            "token_url": format!("{}/exchange", machine.fake.url),
            "credential_source": {"file": machine.write("token", "hushtoken")},
        });
        let file = machine.write("federation.json", &content.to_string());
        Self {
            asked: "POST /exchange".to_owned(),
            answer: text(r#"{"access_token": "hushtoken", "expires_in": 3600}"#),
            state: GOOGLE,
            variables: vec![("GOOGLE_APPLICATION_CREDENTIALS", file)],
        }
    }

    fn application(machine: &Machine) -> Self {
        let granted = r#"{"access_token": "hushtoken", "expires_in": 3600}"#;
        Self {
            asked: "POST /tenant/oauth2/v2.0/token".to_owned(),
            answer: text(granted),
            state: AZURE,
            variables: vec![
                ("AZURE_CLIENT_ID", "client".to_owned()),
                ("AZURE_TENANT_ID", "tenant".to_owned()),
                ("AZURE_AUTHORITY_HOST", "URL".to_owned()),
                ("AZURE_FEDERATED_TOKEN_FILE", machine.write("token", "hushtoken")),
            ],
        }
    }

    /// What `plan` comes to if the source answers like that, and how often it was asked.
    fn plan(
        &self,
        machine: &Machine,
        answers: Vec<Answer>,
        words: &[&str],
    ) -> (i32, String, usize) {
        let mut script = Script::from([(self.asked.clone(), answers)]);
        script.extend(Machine::objects());
        machine.fake.play(script);
        let variables: Vec<_> =
            self.variables.iter().map(|(name, value)| (*name, value.as_str())).collect();
        let ran = machine.does(&[&["plan"], words].concat(), self.state, &variables);
        assert!(!format!("{ran:?}").contains("hush"), "{ran:?}");
        let asked = machine.fake.asked();
        let asked = asked.iter().filter(|asked| asked.what == self.asked).count();
        (ran.exit, format!("{}{}", ran.stdout, ran.stderr), asked)
    }
}

/// The same at the same time for each source, since they wait.
fn with_each(work: impl Fn(&Machine, &Source) + Sync) {
    thread::scope(|scope| {
        let sources: [fn(&Machine) -> Source; 4] = [
            |_| Source::container(),
            Source::web_identity,
            Source::federation,
            Source::application,
        ];
        for source in sources {
            let work = &work;
            scope.spawn(move || {
                let machine = Machine::new(&[]);
                work(&machine, &source(&machine));
            });
        }
    });
}

#[test]
fn a_short_outage_of_whoever_hands_them_out_is_waited_out() {
    with_each(|machine, source| {
        let answers = vec![failing(503), failing(429), source.answer.clone()];
        let (exit, told, asked) = source.plan(machine, answers, &[]);
        assert_eq!((exit, asked), (0, 3), "{told}");
        assert!(told.contains("no state at "), "{told}");
    });
}

#[test]
fn an_outage_that_one_target_has_met_is_over_for_the_next() {
    with_each(|machine, source| {
        machine.write("clerk.yaml", "environments: {a: {}, b: {}, c: {}}\n");
        let cut = Answer { fault: Some(Fault::CutAfter), ..Answer::default() };
        let outage = [cut, failing(500), failing(503)];
        let answers = [&outage[..], std::slice::from_ref(&source.answer)].concat();
        let words = ["--all-envs", "--parallelism", "1"];
        let (exit, told, asked) = source.plan(machine, answers, &words);
        assert_eq!((exit, asked), (1, 4), "{told}");
        assert!(told.contains("error[state-unreachable]: "), "{told}");
        assert!(told.contains("can be had at the moment: ") && told.contains("503"), "{told}");
        assert!(!told.contains("[b]: ") && !told.contains("[c]: "), "{told}");
    });
}

#[test]
fn many_targets_find_out_once_that_they_are_refused() {
    let names: Vec<String> = (0..200).map(|number| format!("e{number}: {{}}")).collect();
    let content = format!("environments: {{{}}}\n", names.join(", "));
    with_each(|machine, source| {
        machine.write("clerk.yaml", &content);
        let (exit, told, asked) = source.plan(machine, vec![failing(400)], &["--all-envs"]);
        assert_eq!((exit, asked), (1, 1), "{told}");
        assert!(told.contains("error[state-denied]: 200 targets have problems"), "{told}");
    });
}

/// A tool that says something and fails so many times, and then prints something.
fn tool(machine: &Machine, name: &str, times: usize, says: &str, prints: &str) {
    let runs = machine.path("runs").display().to_string();
    let _ = fs::remove_file(&runs);
    let script = format!(
        "echo >> '{runs}'; n=0; while read -r _; do n=$((n + 1)); done < '{runs}'\n\
         [ $n -gt {times} ] || {{ echo '{says}' >&2; exit 1; }}\necho '{prints}'"
    );
    machine.tool(name, &script);
}

#[test]
fn a_tool_that_cannot_reach_anybody_is_run_again() {
    let keys = r#"{"Version": 1, "AccessKeyId": "ASIATOOL", "SecretAccessKey": "hush"}"#;
    let token = r#"{"accessToken": "hushsigned", "expires_on": 4070908800}"#;
    let unconnected = "Could not connect to the endpoint URL: \"https://sts.amazonaws.com/\"";
    let exhausted = "ERROR: HTTPSConnectionPool(host=\"a\"): Max retries exceeded with url: /b";
    let refused = "ERROR: Please run az login to setup account.";
    let work = ("AWS_PROFILE", "work");
    let envs = ["plan", "--all-envs", "--parallelism", "1"];
    thread::scope(|scope| {
        for (name, state, variables, says, prints) in
            [("aws", S3, vec![work], unconnected, keys), ("az", AZURE, vec![], exhausted, token)]
        {
            scope.spawn(move || {
                let machine = Machine::new(&[]);
                machine.write(".azure/azureProfile.json", "{}");
                let runs = || fs::read_to_string(machine.path("runs")).unwrap().lines().count();
                tool(&machine, name, 2, says, prints);
                let ran = machine.does(&["plan"], state, &variables);
                assert!(ran.exit == 0 && runs() == 3, "{ran:?}");

                machine.write("clerk.yaml", "environments: {a: {}, b: {}, c: {}}\n");
                tool(&machine, name, 3, says, prints);
                let ran = machine.does(&envs, state, &variables);
                assert!(ran.exit == 1 && runs() == 4, "{ran:?}");
                assert!(ran.stderr.contains("at the moment: "), "{ran:?}");
                assert!(ran.stderr.contains(says), "{ran:?}");
                assert!(!ran.stderr.contains("[b]: "), "{ran:?}");

                tool(&machine, name, 9, refused, prints);
                let ran = machine.does(&envs, state, &variables);
                assert!(ran.exit == 1 && runs() == 1, "{ran:?}");
                assert!(ran.stderr.contains("error[state-denied]: 3 targets"), "{ran:?}");
            });
        }
    });
}
