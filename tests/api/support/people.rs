//! People who are signed in, without the cost of a password hash.
use argon2::{Algorithm, Argon2, Params, PasswordHasher, Version};
use diesel::prelude::*;
use nobel21::{
    db::schema::memberships,
    error::Language,
    id::Id,
    people::{
        Email, Role,
        sessions::{self, Entrance},
        store::{self, NewPerson},
        token::{self, Bearer},
    },
    time::Moment,
};

use super::{App, Client};

/// Everybody's password.
pub const PASSWORD: &str = "kanelbulle i köket";

/// Somebody with an account and a session.
#[derive(Clone)]
pub struct Person {
    pub bearer: Bearer,
    pub email: String,
}

/// A hash of [`PASSWORD`] that costs nothing to make. Signing in with it works and replaces it by a strong one.
fn cheap_hash() -> String {
    let params = Params::new(8, 1, 1, None).unwrap();
    Argon2::new(Algorithm::Argon2id, Version::V0x13, params).hash_password(PASSWORD.as_bytes()).unwrap().to_string()
}

impl App {
    /// Somebody without an account.
    pub fn anonymous(&self) -> Client {
        Client::new(self, None)
    }

    /// The one who runs the house; the same every time.
    pub fn admin(&self) -> Client {
        self.once("admin", "Karin Holm", Role::Admin)
    }

    /// The one at the desk; the same every time.
    pub fn reception(&self) -> Client {
        self.once("reception", "Amir Lund", Role::Reception)
    }

    /// A new member of an association.
    pub fn booker(&self, organisation: Id) -> Client {
        self.member(organisation, false)
    }

    /// A new member of an association that manages it too.
    pub fn organisation_admin(&self, organisation: Id) -> Client {
        self.member(organisation, true)
    }

    /// A new person with this role, a member of nothing.
    pub fn person(&self, role: Role) -> Client {
        let mut people = self.people.lock().unwrap();
        let number = people.len() + 1;
        let person = self.add(&format!("person-{number}@example.org"), &format!("Person {number}"), role);
        people.push((String::new(), person.clone()));
        Client::new(self, Some(person))
    }

    /// Everybody who is signed in, for a service on the same data.
    pub fn signed_in(&self) -> Vec<(String, Person)> {
        self.people.lock().unwrap().clone()
    }

    /// Knows them as they are in the data already.
    pub fn knows(&self, people: Vec<(String, Person)>) {
        *self.people.lock().unwrap() = people;
    }

    /// Makes somebody act for one more association.
    pub fn join(&self, client: &Client, organisation: Id, organisation_admin: bool) {
        let now = self.now();
        self.write(|c| {
            diesel::insert_into(memberships::table)
                .values((
                    memberships::organisation_id.eq(organisation),
                    memberships::person_id.eq(client.id()),
                    memberships::organisation_admin.eq(organisation_admin),
                    memberships::version.eq(1),
                    memberships::created_at.eq(now),
                ))
                .execute(c)?;
            Ok(())
        });
    }

    fn member(&self, organisation: Id, organisation_admin: bool) -> Client {
        let client = self.person(Role::Booker);
        self.join(&client, organisation, organisation_admin);
        client
    }

    fn once(&self, key: &str, name: &str, role: Role) -> Client {
        let mut people = self.people.lock().unwrap();
        if let Some((_, person)) = people.iter().find(|(known, _)| known == key) {
            return Client::new(self, Some(person.clone()));
        }
        let person = self.add(&format!("{key}@example.org"), name, role);
        people.push((key.into(), person.clone()));
        Client::new(self, Some(person))
    }

    fn add(&self, address: &str, name: &str, role: Role) -> Person {
        let email: Email = address.parse().unwrap();
        let now = self.now();
        // Long enough for tests that move the clock by years.
        let forever = Moment::from_unix(i64::MAX);
        let bearer = self.write(|c| {
            let person = store::insert(c, &NewPerson { email: &email, name, role, language: Language::Sv }, now)?.expect("a new address");
            store::set_password_hash(c, person.id, &cheap_hash(), now)?;
            let session = sessions::insert(
                c,
                person.id,
                &Entrance { second_factor: true, ..Entrance::default() },
                &token::hash_of(&token::new_secret()?),
                now,
                forever,
            )?;
            Ok(Bearer { person: person.id, session })
        });
        Person { bearer, email: email.address }
    }
}
