//! Passkeys as devices and browsers know them (WebAuthn): what they are asked to sign, and whether what they signed is right. Always
//! with user verification: the device has made sure by finger, face or PIN who holds it, so that a passkey is two factors in one.
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use serde_json::{Value, json};
use webauthn_rs::prelude::{
    DiscoverableAuthentication, Passkey, PasskeyRegistration, PublicKeyCredential, RegisterPublicKeyCredential, Url, Webauthn,
    WebauthnBuilder, WebauthnError,
};

use super::account::Person;
use crate::{
    config::House,
    error::{Error, Result},
    id::Id,
    say,
};

/// What devices show as the place that a key is for.
const NAME: &str = "Nobel 21";

/// The site that keys are made for: the house's public address. A key works there and nowhere else.
pub struct Site(Webauthn);

/// What a browser is handed, and what is kept to check its answer by.
#[derive(Debug)]
pub struct Asked {
    /// `publicKey`, as browsers read it (`parseCreationOptionsFromJSON`, `parseRequestOptionsFromJSON`).
    pub public_key: Value,
    /// For the service alone.
    pub state: String,
}

/// A key, as it is stored.
#[derive(Debug)]
pub struct Key {
    /// What the device calls it, in base 64.
    pub credential_key: String,
    /// Its public half and the counter of its signatures.
    pub credential: String,
}

/// Whose key somebody shows; nothing of it is believed before [`Site::check`].
#[derive(Debug)]
pub struct Shown {
    /// Whose.
    pub person: Id,
    /// What the device calls the key, in base 64.
    pub credential_key: String,
    answer: PublicKeyCredential,
}

/// What a signature comes to.
#[derive(Debug)]
pub enum Verdict {
    /// It is right; the key is to be stored so from now on.
    Right(String),
    /// It is right, but the key has counted fewer signatures than it had: there are two of it.
    Copied,
    /// It is wrong.
    Wrong,
}

/// What somebody shows who signs in; `None` if it is no such thing.
#[must_use]
pub fn shown(credential: Value) -> Option<Shown> {
    let answer: PublicKeyCredential = serde_json::from_value(credential).ok()?;
    let person = webauthn_rs::prelude::Uuid::from_slice(answer.get_user_unique_id()?).ok()?;
    Some(Shown { person: Id(person), credential_key: URL_SAFE_NO_PAD.encode(answer.get_credential_id()), answer })
}

fn stored(key: &Passkey) -> Result<String> {
    serde_json::to_string(key).map_err(Error::internal)
}

fn asked(public_key: Value, state: &impl serde::Serialize) -> Result<Asked> {
    Ok(Asked { public_key, state: serde_json::to_string(state).map_err(Error::internal)? })
}

impl Site {
    /// The house's; refused where it is reached by the number of a machine, for which no device makes keys.
    pub fn of(house: &House) -> Result<Self> {
        let url = Url::parse(&house.public_url).map_err(Error::internal)?;
        let Some(domain) = url.domain() else {
            return Err(Error::Conflict {
                code: "passkeys_off",
                detail: say!(
                    "Lösennycklar fungerar bara där huset nås med ett namn som boka.example.org.",
                    "Passkeys work only where the house is reached by a name such as boka.example.org."
                ),
            });
        };
        // Without a path: browsers say where a page is from, not which page it is.
        let origin = Url::parse(&url.origin().ascii_serialization()).map_err(Error::internal)?;
        let built = WebauthnBuilder::new(domain, &origin).and_then(|builder| builder.rp_name(NAME).build());
        built.map(Self).map_err(Error::internal)
    }

    /// Asks for any key that the browser has for this site, without saying whose.
    pub fn ask_for_any(&self) -> Result<Asked> {
        let (options, state) = self.0.start_discoverable_authentication().map_err(Error::internal)?;
        asked(serde_json::to_value(options.public_key).map_err(Error::internal)?, &state)
    }

    /// Asks for a new key of this person, on a device that has none of those `known`.
    pub fn ask_for_new(&self, person: &Person, known: &[String]) -> Result<Asked> {
        let known = known.iter().filter_map(|key| URL_SAFE_NO_PAD.decode(key).ok()).collect();
        let started = self.0.start_passkey_registration(person.id.0, &person.email, &person.name, Some(known));
        let (options, state) = started.map_err(Error::internal)?;
        let mut public_key = serde_json::to_value(options.public_key).map_err(Error::internal)?;
        // One that the device finds by itself, so that nobody needs to say who it is.
        if let Some(wanted) = public_key.get_mut("authenticatorSelection").and_then(Value::as_object_mut) {
            wanted.insert("residentKey".into(), json!("required"));
            wanted.insert("requireResidentKey".into(), json!(true));
        }
        asked(public_key, &state)
    }

    /// The key that a device has made; `None` if it did not make it for this.
    pub fn made(&self, state: &str, credential: Value) -> Result<Option<Key>> {
        let state: PasskeyRegistration = serde_json::from_str(state).map_err(Error::internal)?;
        let Ok(answer) = serde_json::from_value::<RegisterPublicKeyCredential>(credential) else { return Ok(None) };
        let Ok(key) = self.0.finish_passkey_registration(&answer, &state) else { return Ok(None) };
        Ok(Some(Key { credential_key: URL_SAFE_NO_PAD.encode(key.cred_id()), credential: stored(&key)? }))
    }

    /// Is this signed by that key, for what was asked?
    pub fn check(&self, state: &str, shown: &Shown, credential: &str) -> Result<Verdict> {
        let state: DiscoverableAuthentication = serde_json::from_str(state).map_err(Error::internal)?;
        let mut key: Passkey = serde_json::from_str(credential).map_err(Error::internal)?;
        match self.0.finish_discoverable_authentication_v2(&shown.answer, state, &key) {
            Ok(result) => {
                key.update_credential(&result);
                stored(&key).map(Verdict::Right)
            }
            Err(WebauthnError::CredentialPossibleCompromise) => Ok(Verdict::Copied),
            Err(_) => Ok(Verdict::Wrong),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn site(url: &str) -> Result<Site> {
        Site::of(&House::reached_at("127.0.0.1:8021", Some(url), "Huset <huset@example.org>").unwrap())
    }

    #[test]
    fn a_site_has_a_name_and_not_a_number() {
        for named in ["https://boka.example.org", "http://localhost:8021", "https://example.org/boka"] {
            assert!(site(named).is_ok(), "{named}");
        }
        for number in ["http://127.0.0.1:8021", "https://192.0.2.7", "http://[::1]:8021"] {
            assert!(matches!(site(number), Err(Error::Conflict { code: "passkeys_off", .. })), "{number}");
        }
    }

    #[test]
    fn who_signs_in_is_asked_for_any_key_by_finger_face_or_pin() {
        let Asked { public_key, .. } = site("https://boka.example.org/x").unwrap().ask_for_any().unwrap();
        assert_eq!(public_key["rpId"], "boka.example.org");
        assert_eq!(public_key["userVerification"], "required");
        assert_eq!(public_key["allowCredentials"], json!([]));
    }
}
