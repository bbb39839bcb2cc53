use std::time::Duration;

use serde_json::{Value, json};

use super::support::Place;

fn sign_in(url: &str, email: &str, password: &str) -> Value {
    let mut answer = ureq::post(format!("{url}/api/v1/auth/token")).send_json(json!({"email": email, "password": password})).unwrap();
    answer.body_mut().read_json().unwrap()
}

#[test]
fn the_demo_shows_a_full_house_to_four_people_and_leaves_nothing_behind() {
    for signal in ["INT", "TERM"] {
        let place = Place::new();
        let mut server = place.serve(&["demo", "--port", "18021"]);
        server.line_with("Ctrl-C");
        let guests: Vec<(String, String)> = server
            .said
            .iter()
            .filter(|line| line.contains("@example.org"))
            .map(|line| {
                let mut words = line.split_whitespace().map(str::to_owned);
                (words.next().unwrap(), words.next().unwrap())
            })
            .collect();
        assert_eq!(guests.len(), 4, "{:?}", server.said);
        for (email, password) in &guests {
            let token = sign_in(&server.url, email, password)["access_token"].as_str().unwrap().to_owned();
            let me: Value = ureq::get(format!("{}/api/v1/me", server.url))
                .header("Authorization", format!("Bearer {token}"))
                .call()
                .unwrap()
                .body_mut()
                .read_json()
                .unwrap();
            assert_eq!(me["email"], *email);
        }
        // Everything lies in one folder, which the place's TMPDIR shows us.
        let left = || std::fs::read_dir(place.dir.path()).unwrap().count();
        assert_eq!(left(), 1);
        server.signal(signal);
        assert_eq!(server.ended(Duration::from_secs(12)), Some(0), "{signal}");
        assert_eq!(left(), 0, "after {signal}");
    }
}

#[test]
fn a_second_demo_takes_the_next_port() {
    let (one, two) = (Place::new(), Place::new());
    let first = one.serve(&["demo", "--port", "18121"]);
    let second = two.serve(&["demo", "--port", "18121"]);
    assert_ne!(first.url, second.url);
    assert_eq!((first.get("/readyz"), second.get("/readyz")), (200, 200));
}
