use super::support::{Place, sample};

fn add<'a>(email: &'a str, role: &'a str) -> Vec<&'a str> {
    vec!["user", "add", "--email", email, "--name", "Bo Ek", "--role", role]
}

#[test]
fn an_account_is_added_with_a_link_and_opens_the_door() {
    let place = Place::new().with("NOBEL21_PUBLIC_URL", "https://boka.example.org/");
    let ran = place.run(&add("bo@example.org", "reception"));
    assert_eq!(ran.code, 0, "{ran:?}");
    assert!(ran.out.contains("https://boka.example.org/losenord#"), "{ran:?}");
    let again = place.run(&add("BO@example.org", "admin"));
    assert_eq!(again.code, 1);
    assert!(again.err.contains("an account with this e-mail address already"), "{again:?}");
    let list = place.run(&["user", "list"]);
    assert_eq!(list.out, "bo@example.org\treception\tactive\tBo Ek\t\n");
}

#[test]
fn a_password_from_standard_input_signs_in_until_the_account_is_disabled() {
    let place = Place::new();
    let mut arguments = add("bo@example.org", "admin");
    arguments.push("--password-stdin");
    let short = place.run_with_input(&arguments, "kort\n");
    assert_eq!(short.code, 1);
    assert!(short.err.contains("8 to 128"), "{short:?}");
    let ran = place.run_with_input(&arguments, "korrekt häst batteri\n");
    assert_eq!(ran.code, 0, "{ran:?}");
    assert!(!ran.out.contains("losenord#"));

    let server = place.serve(&["serve", "--listen", "127.0.0.1:0"]);
    let sign_in = || {
        let agent: ureq::Agent = ureq::Agent::config_builder().http_status_as_error(false).build().into();
        let body = serde_json::json!({"email": "bo@example.org", "password": "korrekt häst batteri"});
        agent.post(format!("{}/api/v1/auth/token", server.url)).send_json(body).unwrap().status().as_u16()
    };
    assert_eq!(sign_in(), 200);
    let last = place.run(&["user", "disable", "bo@example.org"]);
    assert_eq!(last.code, 1);
    assert!(last.err.contains("at least one admin"), "{last:?}");
    assert_eq!(place.run(&add("li@example.org", "admin")).code, 0);
    let disabled = place.run(&["user", "disable", "bo@example.org"]);
    assert_eq!(disabled.code, 0, "{disabled:?}");
    assert_eq!(sign_in(), 401);
    assert!(place.run(&["user", "list"]).out.contains("\tdisabled 20"));
    assert_eq!(place.run(&["user", "disable", "nobody@example.org"]).code, 1);
}

#[test]
fn an_account_can_book_for_an_organisation_by_its_number() {
    let place = Place::new();
    assert_eq!(place.run(&["import", sample().to_str().unwrap()]).code, 0);
    let mut arguments = add("bo@example.org", "booker");
    arguments.extend(["--organisation", "802266-4737", "--organisation-admin"]);
    assert_eq!(place.run(&arguments).code, 0);
    assert!(place.run(&["user", "list"]).out.contains("Kastanjen demokratiforum"));
    // With an unknown number nothing is added at all.
    let mut unknown = add("li@example.org", "booker");
    unknown.extend(["--organisation", "802000-0017"]);
    let ran = place.run(&unknown);
    assert_eq!(ran.code, 1, "{ran:?}");
    assert!(ran.err.contains("no organisation with number"), "{ran:?}");
    assert!(!place.run(&["user", "list"]).out.contains("li@example.org"));
}

#[test]
fn a_typo_in_the_place_of_the_database_does_not_make_one() {
    let place = Place::new();
    for command in [&["user", "list"][..], &["user", "disable", "a@example.org"], &["backup", "copy.db"]] {
        assert_eq!(place.run(command).code, 1, "{command:?}");
    }
    assert!(!place.path("data").exists());
}
