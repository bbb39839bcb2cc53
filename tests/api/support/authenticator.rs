//! A device that makes passkeys and signs with them, as browsers and phones do (WebAuthn Level 3, 6): ES256 alone, no attestation.
use std::collections::BTreeMap;

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use p256::ecdsa::{Signature, SigningKey, signature::Signer};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

const PRESENT: u8 = 0x01;
const VERIFIED: u8 = 0x04;
const WITH_KEY: u8 = 0x40;

/// A key on the device.
#[derive(Clone)]
struct Key {
    secret: SigningKey,
    user: String,
    counter: u32,
}

/// A device and the browser in front of it. A clone of it is what a thief would have who copied the device.
#[derive(Clone)]
pub struct Authenticator {
    /// Where the browser says that the page is from.
    pub origin: String,
    /// For which name it signs; a browser would refuse any but the page's own.
    pub site: String,
    /// Has it made sure who holds it?
    pub verifies: bool,
    keys: BTreeMap<String, Key>,
}

fn text(value: &Value) -> String {
    value.as_str().unwrap_or_else(|| panic!("no text: {value}")).to_owned()
}

fn random<const N: usize>() -> [u8; N] {
    let mut bytes = [0; N];
    getrandom::fill(&mut bytes).unwrap();
    bytes
}

/// A byte string of CBOR (RFC 8949).
fn cbor_bytes(bytes: &[u8]) -> Vec<u8> {
    let length = u16::try_from(bytes.len()).unwrap();
    let mut head = match u8::try_from(length) {
        Ok(short) if short < 24 => vec![0x40 + short],
        Ok(short) => vec![0x58, short],
        Err(_) => [&[0x59], &length.to_be_bytes()[..]].concat(),
    };
    head.extend(bytes);
    head
}

/// A short text of CBOR.
fn cbor_text(text: &str) -> Vec<u8> {
    let length = u8::try_from(text.len()).unwrap();
    assert!(length < 24, "{text}");
    [&[0x60 + length], text.as_bytes()].concat()
}

impl Authenticator {
    /// A new one in front of a page of the house.
    pub fn at(origin: &str) -> Self {
        let site = url::Url::parse(origin).unwrap().domain().unwrap().to_owned();
        Self { origin: origin.into(), site, verifies: true, keys: BTreeMap::new() }
    }

    fn client_data(&self, kind: &str, public_key: &Value) -> Vec<u8> {
        let data = json!({"type": kind, "challenge": public_key["challenge"], "origin": self.origin, "crossOrigin": false});
        serde_json::to_vec(&data).unwrap()
    }

    fn data(&self, more: u8, counter: u32) -> Vec<u8> {
        let flags = PRESENT | more | if self.verifies { VERIFIED } else { 0 };
        [&Sha256::digest(self.site.as_bytes())[..], &[flags], &counter.to_be_bytes()].concat()
    }

    /// Makes a key, as `navigator.credentials.create` does, and says it as `toJSON` does.
    pub fn make(&mut self, public_key: &Value) -> Value {
        assert_eq!(public_key["authenticatorSelection"]["residentKey"], "required", "the key is found without a name");
        assert_eq!(public_key["authenticatorSelection"]["userVerification"], "required");
        let id = random::<16>();
        let secret = SigningKey::from_slice(&random::<32>()).unwrap();
        self.keys.insert(URL_SAFE_NO_PAD.encode(id), Key { secret, user: text(&public_key["user"]["id"]), counter: 0 });
        self.show(public_key)
    }

    /// Shows the one key it has as if it were made just now.
    pub fn show(&self, public_key: &Value) -> Value {
        let (id, key) = self.keys.iter().next().expect("a key");
        let point = key.secret.verifying_key().to_sec1_point(false);
        let named = URL_SAFE_NO_PAD.decode(id).unwrap();
        // {1: 2, 3: -7, -1: 1, -2: x, -3: y}: an elliptic curve, ES256, P-256.
        let cose = [
            &[0xa5, 0x01, 0x02, 0x03, 0x26, 0x20, 0x01, 0x21][..],
            &cbor_bytes(point.x().unwrap()),
            &[0x22],
            &cbor_bytes(point.y().unwrap()),
        ]
        .concat();
        let data = [&self.data(WITH_KEY, 0)[..], &[0; 16], &[0, 16], &named, &cose].concat();
        let attestation = [
            &[0xa3][..],
            &cbor_text("fmt"),
            &cbor_text("none"),
            &cbor_text("attStmt"),
            &[0xa0],
            &cbor_text("authData"),
            &cbor_bytes(&data),
        ]
        .concat();
        json!({
            "id": id, "rawId": id, "type": "public-key", "authenticatorAttachment": "platform",
            "clientExtensionResults": {"credProps": {"rk": true}},
            "response": {
                "attestationObject": URL_SAFE_NO_PAD.encode(attestation), "transports": ["internal"],
                "clientDataJSON": URL_SAFE_NO_PAD.encode(self.client_data("webauthn.create", public_key)),
            },
        })
    }

    /// Signs with the one key it has, as `navigator.credentials.get` does, and counts it.
    pub fn sign(&mut self, public_key: &Value) -> Value {
        let id = self.keys.keys().next().expect("a key").clone();
        let key = self.keys.get_mut(&id).unwrap();
        key.counter += 1;
        let (key, client) = (key.clone(), self.client_data("webauthn.get", public_key));
        let data = self.data(0, key.counter);
        let signature: Signature = key.secret.sign(&[&data[..], &Sha256::digest(&client)[..]].concat());
        json!({
            "id": id, "rawId": id, "type": "public-key", "authenticatorAttachment": "platform", "clientExtensionResults": {},
            "response": {
                "authenticatorData": URL_SAFE_NO_PAD.encode(data), "clientDataJSON": URL_SAFE_NO_PAD.encode(client),
                "signature": URL_SAFE_NO_PAD.encode(signature.to_der().as_bytes()), "userHandle": key.user,
            },
        })
    }
}
