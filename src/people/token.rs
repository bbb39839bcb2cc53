//! Tokens: short-lived access tokens (JWT, RFC 8725) and opaque secrets that are stored as hashes.
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use jsonwebtoken::{Algorithm, DecodingKey, EncodingKey, Header, Validation};
use serde::{Deserialize, Serialize, de::DeserializeOwned};
use sha2::{Digest, Sha256};

use crate::{
    config::Secret,
    error::{Error, Result},
    id::Id,
    time::Moment,
};

/// How long an access token holds, in seconds.
pub const ACCESS_SECONDS: i64 = 600;
const ISSUER: &str = "nobel21";
/// How long a browser is remembered that somebody has signed in with, in seconds: 180 days.
pub const REMEMBERED_SECONDS: i64 = 180 * 24 * 3600;

/// What a token is for: by `typ` and `aud`, so that one is never taken for another (RFC 8725, 3.11 and 3.12).
struct Purpose {
    typ: &'static str,
    aud: &'static str,
}
const ACCESS: Purpose = Purpose { typ: "at+jwt", aud: "nobel21-api" };
const PERSONAL: Purpose = Purpose { typ: "personal+jwt", aud: "nobel21-api" };
const BROWSER: Purpose = Purpose { typ: "browser+jwt", aud: "nobel21-sign-in" };
const OPENID: Purpose = Purpose { typ: "openid+jwt", aud: "nobel21-sign-in" };

#[derive(Serialize, Deserialize)]
struct Claims {
    iss: String,
    aud: String,
    sub: String,
    sid: String,
    jti: String,
    iat: i64,
    exp: i64,
}

/// What a browser holds between two steps of a sign-in.
#[derive(Serialize, Deserialize)]
struct Holding<T> {
    iss: String,
    aud: String,
    iat: i64,
    exp: i64,
    held: T,
}

/// Who an access token speaks for.
#[derive(Debug, Clone, Copy)]
pub struct Bearer {
    /// The person.
    pub person: Id,
    /// The sign-in.
    pub session: Id,
}

/// Signs and checks access tokens with the one algorithm HS256 and the one key of this house.
#[derive(Clone)]
pub struct Keys {
    signing: EncodingKey,
    checking: DecodingKey,
    kid: String,
}

impl Keys {
    /// From the house's secret.
    #[must_use]
    pub fn new(secret: &Secret) -> Self {
        // The id tells keys apart without telling the key.
        let kid = hash_of(&format!("kid:{}", URL_SAFE_NO_PAD.encode(Sha256::digest(secret.reveal())))).chars().take(12).collect();
        Self { signing: EncodingKey::from_secret(secret.reveal()), checking: DecodingKey::from_secret(secret.reveal()), kid }
    }

    /// A token for a person's sign-in, good for [`ACCESS_SECONDS`].
    pub fn issue(&self, bearer: Bearer, now: Moment) -> Result<String> {
        self.sign(&ACCESS, bearer, now, ACCESS_SECONDS)
    }

    /// A token for a person's own programs; that it was not ended, and what it is for, is a row's matter.
    pub fn issue_personal(&self, person: Id, id: Id, now: Moment, seconds: i64) -> Result<String> {
        self.sign(&PERSONAL, Bearer { person, session: id }, now, seconds)
    }

    /// The person and the row of a token for programs; `None` if it is not ours or over.
    #[must_use]
    pub fn personal(&self, token: &str, now: Moment) -> Option<Bearer> {
        self.read(&PERSONAL, token, now)
    }

    /// What a browser keeps that a person has signed in with, good for [`REMEMBERED_SECONDS`]: it opens nothing, but whoever guesses
    /// elsewhere does not slow this browser down.
    pub fn remember(&self, person: Id, browser: Id, now: Moment) -> Result<String> {
        self.sign(&BROWSER, Bearer { person, session: browser }, now, REMEMBERED_SECONDS)
    }

    /// The browser's key, if this person has signed in with it.
    #[must_use]
    pub fn remembered(&self, token: &str, person: Id, now: Moment) -> Option<Id> {
        self.read(&BROWSER, token, now).filter(|found| found.person == person).map(|found| found.session)
    }

    /// 20 bytes that only this house's secret makes of a text, apart for each purpose. What it signs (`purpose:text`) is never what a
    /// token signs (two parts in base 64, a dot between).
    pub fn derive(&self, purpose: &str, text: &str) -> Result<Vec<u8>> {
        let signed = jsonwebtoken::crypto::sign(format!("{purpose}:{text}").as_bytes(), &self.signing, Algorithm::HS256);
        let bytes = URL_SAFE_NO_PAD.decode(signed.map_err(Error::internal)?).map_err(Error::internal)?;
        Ok(bytes.into_iter().take(20).collect())
    }

    /// What a browser holds while it is on its way through another's sign-in: it may read it there and not change it.
    pub fn hold<T: Serialize>(&self, held: T, now: Moment, seconds: i64) -> Result<String> {
        let (iat, exp) = (now.unix(), now.unix() + seconds);
        self.write(&OPENID, &Holding { iss: ISSUER.into(), aud: OPENID.aud.into(), iat, exp, held })
    }

    /// What it held; `None` if it is not ours or over.
    #[must_use]
    pub fn held<T: DeserializeOwned>(&self, token: &str, now: Moment) -> Option<T> {
        let found: Holding<T> = self.claims(&OPENID, token)?;
        in_time(found.iat, found.exp, now).then_some(found.held)
    }

    fn write(&self, purpose: &Purpose, claims: &impl Serialize) -> Result<String> {
        let header = Header { typ: Some(purpose.typ.into()), kid: Some(self.kid.clone()), ..Header::new(Algorithm::HS256) };
        jsonwebtoken::encode(&header, claims, &self.signing).map_err(Error::internal)
    }

    fn sign(&self, purpose: &Purpose, bearer: Bearer, now: Moment, seconds: i64) -> Result<String> {
        let claims = Claims {
            iss: ISSUER.into(),
            aud: purpose.aud.into(),
            sub: bearer.person.to_string(),
            sid: bearer.session.to_string(),
            jti: Id::new().to_string(),
            iat: now.unix(),
            exp: now.unix() + seconds,
        };
        self.write(purpose, &claims)
    }

    /// Who the token speaks for; `None` if it is not ours, not for us or over.
    #[must_use]
    pub fn check(&self, token: &str, now: Moment) -> Option<Bearer> {
        self.read(&ACCESS, token, now)
    }

    fn read(&self, purpose: &Purpose, token: &str, now: Moment) -> Option<Bearer> {
        let claims: Claims = self.claims(purpose, token)?;
        in_time(claims.iat, claims.exp, now).then_some(())?;
        Some(Bearer { person: claims.sub.parse().ok()?, session: claims.sid.parse().ok()? })
    }

    /// What a token of ours for this purpose says; whether it is over is not looked at.
    fn claims<C: DeserializeOwned>(&self, purpose: &Purpose, token: &str) -> Option<C> {
        let header = jsonwebtoken::decode_header(token).ok()?;
        if header.typ.as_deref() != Some(purpose.typ) || header.kid.as_deref() != Some(&self.kid) {
            return None;
        }
        let mut rules = Validation::new(Algorithm::HS256);
        rules.set_issuer(&[ISSUER]);
        rules.set_audience(&[purpose.aud]);
        rules.set_required_spec_claims(&["exp", "iss", "aud"]);
        // Against our own clock (`in_time`), so that a test can move it.
        rules.validate_exp = false;
        Some(jsonwebtoken::decode::<C>(token, &self.checking, &rules).ok()?.claims)
    }
}

fn in_time(iat: i64, exp: i64, now: Moment) -> bool {
    iat <= now.unix() + 60 && now.unix() < exp
}

/// A new secret of 256 random bits, as text that fits into a URL.
pub fn new_secret() -> Result<String> {
    let mut bytes = [0_u8; 32];
    getrandom::fill(&mut bytes).map_err(Error::internal)?;
    Ok(URL_SAFE_NO_PAD.encode(bytes))
}

/// What is stored of a secret. It has 256 bits of its own, so a plain hash is enough.
#[must_use]
pub fn hash_of(secret: &str) -> String {
    URL_SAFE_NO_PAD.encode(Sha256::digest(secret.as_bytes()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn keys() -> Keys {
        Keys::new(&Secret::new(&[7; 32]))
    }
    fn bearer() -> Bearer {
        Bearer { person: Id::new(), session: Id::new() }
    }
    fn forged(header: &str, change: impl Fn(&mut serde_json::Value), key: &[u8]) -> String {
        let now = Moment::from_unix(1_800_000_000);
        let token = keys().issue(bearer(), now).unwrap();
        let mut claims: serde_json::Value =
            serde_json::from_slice(&URL_SAFE_NO_PAD.decode(token.split('.').nth(1).unwrap()).unwrap()).unwrap();
        change(&mut claims);
        let header: Header = serde_json::from_str(header).unwrap();
        jsonwebtoken::encode(&header, &claims, &EncodingKey::from_secret(key)).unwrap()
    }

    #[test]
    fn a_token_speaks_for_its_bearer_until_it_is_over() {
        let (keys, bearer, now) = (keys(), bearer(), Moment::from_unix(1_800_000_000));
        let token = keys.issue(bearer, now).unwrap();
        assert_eq!(keys.check(&token, now).unwrap().person, bearer.person);
        assert!(keys.check(&token, now.plus_seconds(599)).is_some());
        assert!(keys.check(&token, now.plus_seconds(600)).is_none());
    }

    #[test]
    fn a_browser_is_remembered_for_one_person_and_opens_nothing() {
        let (keys, now) = (keys(), Moment::from_unix(1_800_000_000));
        let (person, browser) = (Id::new(), Id::new());
        let token = keys.remember(person, browser, now).unwrap();
        assert_eq!(keys.remembered(&token, person, now), Some(browser));
        assert_eq!(keys.remembered(&token, Id::new(), now), None);
        assert_eq!(keys.remembered(&token, person, now.plus_seconds(REMEMBERED_SECONDS)), None);
        assert!(keys.check(&token, now).is_none(), "it is no access token");
        let access = keys.issue(Bearer { person, session: browser }, now).unwrap();
        assert_eq!(keys.remembered(&access, person, now), None, "nor the other way round");
    }

    #[test]
    fn what_a_browser_holds_on_its_way_comes_back_unchanged_and_opens_nothing() {
        let (keys, now) = (keys(), Moment::from_unix(1_800_000_000));
        let held = keys.hold("state", now, 600).unwrap();
        assert_eq!(keys.held::<String>(&held, now.plus_seconds(599)).as_deref(), Some("state"));
        assert_eq!(keys.held::<String>(&held, now.plus_seconds(600)), None, "over");
        assert_eq!(keys.held::<String>(&Keys::new(&Secret::new(&[8; 32])).hold("state", now, 600).unwrap(), now), None, "another house's");
        assert!(keys.check(&held, now).is_none() && keys.remembered(&held, Id::new(), now).is_none(), "it is no access token");
        let access = keys.issue(bearer(), now).unwrap();
        assert!(keys.held::<serde_json::Value>(&access, now).is_none(), "nor the other way round");
    }

    #[test]
    fn a_forged_token_speaks_for_nobody() {
        let now = Moment::from_unix(1_800_000_000);
        let kid = keys().kid;
        let good = format!(r#"{{"alg":"HS256","typ":"at+jwt","kid":"{kid}"}}"#);
        assert!(keys().check(&forged(&good, |_| (), &[7; 32]), now).is_some(), "the forge itself works");
        assert!(keys().check(&forged(&good, |_| (), &[8; 32]), now).is_none(), "another key");
        assert!(keys().check(&forged(&good, |c| c["aud"] = "other".into(), &[7; 32]), now).is_none());
        assert!(keys().check(&forged(&good, |c| c["iss"] = "other".into(), &[7; 32]), now).is_none());
        assert!(keys().check(&forged(&good.replace("at+jwt", "JWT"), |_| (), &[7; 32]), now).is_none());
        assert!(keys().check(&forged(&good.replace("HS256", "HS512"), |_| (), &[7; 32]), now).is_none());
        let none = format!(
            "{}.{}.",
            URL_SAFE_NO_PAD.encode(format!(r#"{{"alg":"none","typ":"at+jwt","kid":"{kid}"}}"#)),
            keys().issue(bearer(), now).unwrap().split('.').nth(1).unwrap()
        );
        assert!(keys().check(&none, now).is_none());
        for rubbish in ["", "a.b.c", "....", "eyJ"] {
            assert!(keys().check(rubbish, now).is_none());
        }
    }
}
