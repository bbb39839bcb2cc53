//! The provider of a city's or an association's own sign-in (OpenID Connect): what it is asked, and what of its answers is believed.
//! Everything here waits for the network: it runs on threads that may block, with no connection to the database held meanwhile.
use std::{
    sync::{Mutex, PoisonError},
    time::Duration,
};

use openidconnect::{
    AuthType, AuthorizationCode, ClaimsVerificationError, ClientId, ClientSecret, CsrfToken, EmptyAdditionalClaims, EndpointMaybeSet,
    EndpointNotSet, EndpointSet, HttpRequest, HttpResponse, IssuerUrl, Nonce, OAuth2TokenResponse, PkceCodeChallenge, PkceCodeVerifier,
    RedirectUrl, RequestTokenError, Scope, SignatureVerificationError, TokenResponse,
    core::{
        CoreAuthenticationFlow, CoreClient, CoreClientAuthMethod, CoreErrorResponseType, CoreGenderClaim, CoreIdTokenClaims,
        CoreJwsSigningAlgorithm, CoreProviderMetadata, CoreTokenResponse, CoreUserInfoClaims,
    },
};
use serde::{Deserialize, Serialize};

use super::token::hash_of;
use crate::{
    config::OpenId,
    error::{Error, Result},
    say,
    time::Moment,
};

/// One question to the provider takes no longer than this.
const WITHIN: Duration = Duration::from_secs(10);
/// The most that an answer may hold, in bytes.
const LARGEST: u64 = 256 * 1024;
/// What the provider says of itself, and its keys, are asked for again after so many seconds: an hour.
const KNOWN_SECONDS: i64 = 3600;
/// Signed by a key of which we have the public half alone. What is signed by a shared secret or not at all is refused, and so is any other
/// algorithm that a token chooses for itself (RFC 8725, 3.1).
const ALGORITHMS: [CoreJwsSigningAlgorithm; 9] = [
    CoreJwsSigningAlgorithm::RsaSsaPkcs1V15Sha256,
    CoreJwsSigningAlgorithm::RsaSsaPkcs1V15Sha384,
    CoreJwsSigningAlgorithm::RsaSsaPkcs1V15Sha512,
    CoreJwsSigningAlgorithm::RsaSsaPssSha256,
    CoreJwsSigningAlgorithm::RsaSsaPssSha384,
    CoreJwsSigningAlgorithm::RsaSsaPssSha512,
    CoreJwsSigningAlgorithm::EcdsaP256Sha256,
    CoreJwsSigningAlgorithm::EcdsaP384Sha384,
    CoreJwsSigningAlgorithm::EdDsa,
];

type Client = CoreClient<EndpointSet, EndpointNotSet, EndpointNotSet, EndpointNotSet, EndpointMaybeSet, EndpointMaybeSet>;

/// What a browser keeps while it is away at the provider's.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct UnderWay {
    /// Comes back with the browser, so that nobody else's way ends here.
    pub state: String,
    /// Comes back in the token, so that it was made for this way.
    pub nonce: String,
    /// Whoever exchanges the code shows it (PKCE, RFC 7636).
    pub verifier: String,
}

/// What the provider said of somebody, and we believe.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Proof {
    /// A hash of issuer and subject.
    pub identity: String,
    /// The address, if the provider has made sure that it is the person's own.
    pub email: Option<String>,
    /// It came in there by more than one factor (`amr` has `mfa`, RFC 8176).
    pub two_factors: bool,
}

/// What the provider says of itself, and since when we know.
struct Known {
    metadata: CoreProviderMetadata,
    since: Moment,
}

/// The provider.
pub struct Provider {
    settings: OpenId,
    redirect: RedirectUrl,
    issuer: IssuerUrl,
    agent: ureq::Agent,
    known: Mutex<Option<Known>>,
}

impl Provider {
    /// Asks nothing yet: the house starts whether or not the provider is there.
    pub fn new(settings: OpenId, public_url: &str) -> Result<Self> {
        let agent = ureq::Agent::config_builder()
            .https_only(!settings.on_loopback())
            // Nobody sends us elsewhere (OWASP ASVS 5.0, 15.3.2).
            .max_redirects(0)
            .max_redirects_will_error(false)
            .http_status_as_error(false)
            .timeout_global(Some(WITHIN))
            .user_agent("nobel21")
            // The provider itself, whatever the environment of the process says about other programs.
            .proxy(None)
            .build()
            .new_agent();
        Ok(Self {
            redirect: RedirectUrl::new(format!("{public_url}/logga-in/openid")).map_err(Error::internal)?,
            issuer: IssuerUrl::new(settings.issuer.clone()).map_err(Error::internal)?,
            settings,
            agent,
            known: Mutex::new(None),
        })
    }

    /// What people call it.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.settings.name
    }

    /// Where the browser goes to sign in there, and what it keeps meanwhile.
    pub fn begin(&self, now: Moment) -> Result<(String, UnderWay)> {
        let client = self.client(now)?;
        let (challenge, verifier) = PkceCodeChallenge::new_random_sha256();
        let (url, state, nonce) = client
            .authorize_url(CoreAuthenticationFlow::AuthorizationCode, CsrfToken::new_random, Nonce::new_random)
            .add_scope(Scope::new("email".into()))
            .set_pkce_challenge(challenge)
            .url();
        let under_way = UnderWay { state: state.into_secret(), nonce: nonce.secret().clone(), verifier: verifier.into_secret() };
        Ok((url.into(), under_way))
    }

    /// Exchanges the code, which the provider takes once, for a token about the person, and looks whether it is right. `None` if the
    /// code or the token is no good.
    pub fn prove(&self, code: String, under_way: &UnderWay, now: Moment) -> Result<Option<Proof>> {
        let client = self.client(now)?;
        let asked = client
            .exchange_code(AuthorizationCode::new(code))
            .map_err(|error| self.away("configuration", &error))?
            .set_pkce_verifier(PkceCodeVerifier::new(under_way.verifier.clone()))
            .request(&|request| self.ask(request));
        let answer = match asked {
            Ok(answer) => answer,
            Err(RequestTokenError::ServerResponse(refusal)) if refuses_the_code(refusal.error()) => return Ok(None),
            Err(RequestTokenError::ServerResponse(refusal)) => return Err(self.away("token", refusal.error())),
            Err(error) => return Err(self.away("token", &error)),
        };
        let nonce = Nonce::new(under_way.nonce.clone());
        let claims = match verified(&client, &answer, &nonce, now) {
            // It may have a new key since an hour ago.
            Err(NoGood { unknown_key: true, .. }) => verified(&self.client_anew(now)?, &answer, &nonce, now),
            other => other,
        };
        match claims {
            Ok(claims) => self.proof(&client, &answer, &claims).map(Some),
            Err(NoGood { reason, .. }) => {
                tracing::warn!(target: "security", reason, "the provider's token is refused");
                Ok(None)
            }
        }
    }

    /// Does it answer? For who looks after the service.
    pub fn check(&self, now: Moment) -> Result<()> {
        self.client_anew(now).map(|_| ())
    }

    fn proof(&self, client: &Client, answer: &CoreTokenResponse, claims: &CoreIdTokenClaims) -> Result<Proof> {
        let subject = claims.subject();
        let (email, verified) = match claims.email() {
            Some(email) => (Some(email.to_string()), claims.email_verified()),
            // Most leave it out of the token and tell it whoever shows the access token (OpenID Connect Core 1.0, 5.4).
            None => match client.user_info(answer.access_token().clone(), Some(subject.clone())) {
                Ok(request) => {
                    let told: CoreUserInfoClaims = request
                        .request::<EmptyAdditionalClaims, CoreGenderClaim, _>(&|request| self.ask(request))
                        .map_err(|error| self.away("userinfo", &error))?;
                    (told.email().map(|email| email.to_string()), told.email_verified())
                }
                Err(_) => (None, None),
            },
        };
        Ok(Proof {
            identity: hash_of(&format!("{}\n{}", self.settings.issuer, subject.as_str())),
            email: email.filter(|_| verified == Some(true)),
            two_factors: claims.auth_method_refs().is_some_and(|methods| methods.iter().any(|method| method.as_str() == "mfa")),
        })
    }

    fn client(&self, now: Moment) -> Result<Client> {
        let known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        // A clock that was put back is no reason to believe for longer.
        let fresh = known.as_ref().filter(|known| (0..KNOWN_SECONDS).contains(&now.seconds_since(known.since)));
        match fresh.map(|known| known.metadata.clone()) {
            Some(metadata) => Ok(self.client_of(metadata)),
            None => {
                drop(known);
                self.client_anew(now)
            }
        }
    }

    fn client_anew(&self, now: Moment) -> Result<Client> {
        // That it calls itself by the address that we were given is looked at there.
        let metadata =
            CoreProviderMetadata::discover(&self.issuer, &|request| self.ask(request)).map_err(|error| self.away("discovery", &error))?;
        *self.known.lock().unwrap_or_else(PoisonError::into_inner) = Some(Known { metadata: metadata.clone(), since: now });
        Ok(self.client_of(metadata))
    }

    fn client_of(&self, metadata: CoreProviderMetadata) -> Client {
        // In a header unless the provider takes it in the form alone.
        let in_form = metadata.token_endpoint_auth_methods_supported().is_some_and(|ways| {
            !ways.contains(&CoreClientAuthMethod::ClientSecretBasic) && ways.contains(&CoreClientAuthMethod::ClientSecretPost)
        });
        let secret = String::from_utf8_lossy(self.settings.client_secret.reveal()).into_owned();
        CoreClient::from_provider_metadata(metadata, ClientId::new(self.settings.client_id.clone()), Some(ClientSecret::new(secret)))
            .set_redirect_uri(self.redirect.clone())
            .set_auth_type(if in_form { AuthType::RequestBody } else { AuthType::BasicAuth })
    }

    fn ask(&self, request: HttpRequest) -> std::result::Result<HttpResponse, ureq::Error> {
        let (parts, body) = request.into_parts();
        let answer = if body.is_empty() {
            self.agent.run(ureq::http::Request::from_parts(parts, ()))
        } else {
            self.agent.run(ureq::http::Request::from_parts(parts, body))
        };
        let (parts, mut body) = answer?.into_parts();
        Ok(HttpResponse::from_parts(parts, body.with_config().limit(LARGEST).read_to_vec()?))
    }

    /// The refusal while the provider is away or does not know us. What it said goes nowhere: it may hold anything.
    fn away(&self, asked: &'static str, error: &dyn std::fmt::Display) -> Error {
        let error: String = error.to_string().chars().filter(|letter| !letter.is_control()).take(200).collect();
        tracing::warn!(asked, error, "the provider of the sign-in does not answer as it should");
        let name = self.name();
        Error::Unavailable(say!(
            "Inloggningen hos {name} svarar inte just nu. Logga in på ett annat sätt, eller försök igen om en stund.",
            "Sign-in at {name} does not answer right now. Sign in another way, or try again in a while."
        ))
    }
}

/// It is the code that is no good, not we.
fn refuses_the_code(error: &CoreErrorResponseType) -> bool {
    matches!(error, CoreErrorResponseType::InvalidGrant) || error.as_ref() == "access_denied"
}

/// Why a token is not believed.
struct NoGood {
    reason: &'static str,
    unknown_key: bool,
}

fn verified(client: &Client, answer: &CoreTokenResponse, nonce: &Nonce, now: Moment) -> std::result::Result<CoreIdTokenClaims, NoGood> {
    let no_good = |reason| NoGood { reason, unknown_key: false };
    let token = answer.id_token().ok_or_else(|| no_good("none"))?;
    let verifier = client
        .id_token_verifier()
        .set_allowed_algs(ALGORITHMS)
        // Against our own clock, so that a test can move it.
        .set_time_fn(move || chrono::DateTime::from_timestamp(now.unix(), 0).unwrap_or(chrono::DateTime::<chrono::Utc>::MAX_UTC));
    token.claims(&verifier, nonce).cloned().map_err(|error| match error {
        ClaimsVerificationError::SignatureVerification(SignatureVerificationError::NoMatchingKey) => {
            NoGood { reason: "key", unknown_key: true }
        }
        ClaimsVerificationError::SignatureVerification(_) => no_good("signature"),
        ClaimsVerificationError::Expired(_) => no_good("expired"),
        ClaimsVerificationError::InvalidAudience(_) => no_good("audience"),
        ClaimsVerificationError::InvalidIssuer(_) => no_good("issuer"),
        ClaimsVerificationError::InvalidNonce(_) => no_good("nonce"),
        _ => no_good("other"),
    })
}
