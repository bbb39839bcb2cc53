//! How letters leave the house. The one file that knows lettre.
use std::{fmt, io::Write, os::unix::fs::OpenOptionsExt, path::PathBuf, time::Duration};

use lettre::{
    Address, Message, SmtpTransport, Transport as _,
    message::{
        Mailbox, MultiPart, SinglePart,
        header::{ContentType, Header, HeaderName, HeaderValue},
    },
    transport::smtp::{
        PoolConfig,
        authentication::Credentials,
        client::{Certificate, Tls, TlsParameters},
    },
};

use super::{
    invitation::method_of,
    outbox::{Outcome, Outgoing},
    wording::one_line,
};
use crate::{
    error::{Error, Result, Say},
    nearby::is_near,
    say,
    time::Moment,
};

/// For each step of the talk with a mail server. A dozen steps at most: a letter never takes as long as a lease.
const TIMEOUT: Duration = Duration::from_secs(20);

/// Where letters go.
#[derive(Debug, Clone)]
pub enum Transport {
    /// Files in a folder, one for each letter.
    Folder(PathBuf),
    /// A mail server.
    Smtp(Smtp),
}

/// A mail server and how to get in.
#[derive(Clone)]
pub struct Smtp {
    server: String,
    connections: SmtpTransport,
}

impl fmt::Debug for Smtp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Smtp({})", self.server)
    }
}

/// Is this text an e-mail address that a letter can be sent to?
#[must_use]
pub fn is_address(text: &str) -> bool {
    text.len() <= 254 && !text.chars().any(|c| c.is_control() || c.is_whitespace()) && text.parse::<Address>().is_ok()
}

/// Who the letters come from.
#[derive(Debug, Clone)]
pub struct Sender {
    /// What the house calls itself.
    pub name: String,
    /// The domain of its address.
    pub domain: String,
    mailbox: Mailbox,
}

impl Sender {
    /// Its address.
    #[must_use]
    pub fn address(&self) -> &str {
        self.mailbox.email.as_ref()
    }
}

/// Reads `Name <address>`.
pub fn sender(text: &str) -> Result<Sender> {
    let mailbox = text.parse::<Mailbox>().ok().filter(|mailbox| is_address(mailbox.email.as_ref()) && one_line(text) == text.trim());
    let mailbox = mailbox.ok_or_else(|| {
        Error::invalid(
            "NOBEL21_MAIL_FROM",
            say!(
                "är ingen avsändare: skriv till exempel Nobel 21 <bokning@example.org>",
                "is no sender: write for instance Nobel 21 <bokning@example.org>"
            ),
        )
    })?;
    let name = mailbox.name.clone().filter(|name| !name.is_empty()).unwrap_or_else(|| "Nobel 21".to_owned());
    Ok(Sender { name, domain: mailbox.email.domain().to_owned(), mailbox })
}

fn fault(message: Say) -> Error {
    Error::invalid("NOBEL21_SMTP_URL", message)
}

/// Undoes `%40` and the like.
fn unescaped(text: &str) -> Result<String> {
    let wrong = || {
        fault(say!(
            "användare och lösenord: skriv särskilda tecken som %40 (@), %3A (:), %2F (/), %25 (%)",
            "user and password: write special characters as %40 (@), %3A (:), %2F (/), %25 (%)"
        ))
    };
    let mut bytes = vec![];
    let mut rest = text.bytes();
    while let Some(byte) = rest.next() {
        if byte == b'%' {
            let digits = [rest.next().unwrap_or(0), rest.next().unwrap_or(0)];
            let digits = std::str::from_utf8(&digits).ok().filter(|d| d.bytes().all(|b| b.is_ascii_hexdigit())).ok_or_else(wrong)?;
            bytes.push(u8::from_str_radix(digits, 16).map_err(|_| wrong())?);
        } else {
            bytes.push(byte);
        }
    }
    String::from_utf8(bytes).ok().filter(|text| !text.contains('\0')).ok_or_else(wrong)
}

impl Transport {
    /// Reads `smtp://user:password@host:587?tls=required` or `smtps://user:password@host:465`.
    ///
    /// - The port is 587 for `smtp` and 465 for `smtps` unless given; user and password may be left out. Special characters in
    ///   them are written as `%40` (`@`), `%3A` (`:`), `%2F` (`/`), `%25` (`%`).
    /// - `tls=required` (the default) sends nothing unless the server offers STARTTLS and shows a certificate that fits.
    ///   `tls=none` asks for no encryption and is taken for this machine and its own network alone: names without a dot, as
    ///   containers have. Nothing falls back by itself (OWASP ASVS 5.0, 12.3.1).
    /// - `ca=/path/to/ca.pem` trusts that authority too, for servers with a certificate of the house's own.
    pub fn parse(text: &str) -> Result<Self> {
        let shape = || {
            fault(say!(
                "är ingen adress till en e-postserver: skriv smtp://användare:lösenord@värd:587?tls=required eller smtps://användare:lösenord@värd",
                "is no address of a mail server: write smtp://user:password@host:587?tls=required or smtps://user:password@host"
            ))
        };
        let url = url::Url::parse(text).map_err(|_| shape())?;
        let wrapped = match url.scheme() {
            "smtp" => false,
            "smtps" => true,
            _ => return Err(shape()),
        };
        let host = url.host_str().unwrap_or_default().trim_matches(['[', ']']).to_owned();
        if host.is_empty() || !matches!(url.path(), "" | "/") || url.fragment().is_some() || url.port() == Some(0) {
            return Err(shape());
        }
        let (mut tls, mut ca) = (None, None);
        for (name, value) in url.query_pairs() {
            match (name.as_ref(), value.as_ref()) {
                ("tls", "required" | "none") if tls.is_none() => tls = Some(value.into_owned()),
                ("ca", path) if ca.is_none() && !path.is_empty() => ca = Some(PathBuf::from(path)),
                _ => {
                    return Err(fault(say!(
                        "känner inte till ”{name}={value}”: efter frågetecknet kan stå tls=required, tls=none och ca=/sökväg/till/ca.pem",
                        "does not know “{name}={value}”: after the question mark may stand tls=required, tls=none and ca=/path/to/ca.pem"
                    )));
                }
            }
        }
        let parameters = || parameters(&host, ca.as_deref());
        let tls = match (wrapped, tls.as_deref()) {
            (true, None | Some("required")) => Tls::Wrapper(parameters()?),
            (true, Some(_)) => {
                return Err(fault(say!(
                    "smtps är alltid krypterat: ta bort tls= eller skriv smtp://",
                    "smtps is always encrypted: take tls= out or write smtp://"
                )));
            }
            (false, None | Some("required")) => Tls::Required(parameters()?),
            (false, Some(_)) if is_near(&host) => Tls::None,
            (false, Some(_)) => {
                return Err(fault(say!(
                    "tls=none går bara till den egna datorn och dess eget nät (namn utan punkt): skriv tls=required",
                    "tls=none works for this machine and its own network alone (names without a dot): write tls=required"
                )));
            }
        };
        let port = url.port().unwrap_or(if wrapped { 465 } else { 587 });
        let mut builder = SmtpTransport::builder_dangerous(host.clone())
            .port(port)
            .tls(tls)
            .timeout(Some(TIMEOUT))
            // One worker, one connection; it is closed soon after the last letter.
            .pool_config(PoolConfig::new().max_size(1).idle_timeout(Duration::from_secs(10)));
        match (unescaped(url.username())?, url.password()) {
            (user, None) if user.is_empty() => {}
            (user, Some(password)) if !user.is_empty() => builder = builder.credentials(Credentials::new(user, unescaped(password)?)),
            _ => {
                return Err(fault(say!(
                    "ska ha både användare och lösenord, eller inget av dem: smtp://användare:lösenord@värd",
                    "must have both user and password, or neither: smtp://user:password@host"
                )));
            }
        }
        Ok(Self::Smtp(Smtp { server: format!("{host}:{port}"), connections: builder.build() }))
    }

    /// Could a letter be sent now? If not, why; for those who look after the service.
    pub fn check(&self) -> std::result::Result<(), String> {
        match self {
            Self::Folder(folder) => make(folder)
                .and_then(|()| tempfile::NamedTempFile::new_in(folder))
                .map(drop)
                .map_err(|e| format!("{}: {e}", folder.display())),
            Self::Smtp(smtp) => match smtp.connections.test_connection() {
                Ok(true) => Ok(()),
                Ok(false) => Err(format!("{}: no answer", smtp.server)),
                Err(e) => Err(format!("{}: {}", smtp.server, reason(&e))),
            },
        }
    }

    /// Hands one letter over.
    pub(super) fn send(&self, letter: &Outgoing, sender: &Sender, now: Moment) -> Outcome {
        let message = match message(letter, sender, now) {
            Ok(message) => message,
            Err(reason) => return Outcome::Refused(reason),
        };
        match self {
            Self::Folder(folder) => match write(folder, letter, now, &message.formatted()) {
                Ok(()) => Outcome::Sent,
                Err(e) => Outcome::Unreachable(format!("{}: {e}", folder.display())),
            },
            Self::Smtp(smtp) => match smtp.connections.send(&message) {
                Ok(_) => Outcome::Sent,
                Err(e) => judge(&e),
            },
        }
    }
}

/// What a failed try means for the letter and for those behind it.
fn judge(error: &lettre::transport::smtp::Error) -> Outcome {
    let text = reason(error);
    match error.status().map(u16::from) {
        // The server is closing, does not let us in, or does not know what we say (some say so until one has signed in): our own
        // trouble. A wrong password must not condemn every letter.
        Some(421 | 454 | 500 | 502..=504 | 530 | 534 | 535 | 538) => Outcome::Unreachable(text),
        Some(_) if error.is_permanent() => Outcome::Refused(text),
        Some(_) => Outcome::Later(text),
        None if error.is_client() || error.is_response() => Outcome::Later(text),
        None => Outcome::Unreachable(text),
    }
}

/// The error with its causes, in one line that fits into a row.
fn reason(error: &dyn std::error::Error) -> String {
    let mut text = error.to_string();
    let mut cause = error.source();
    while let Some(inner) = cause {
        let inner_text = inner.to_string();
        if !text.contains(&inner_text) {
            text = format!("{text}: {inner_text}");
        }
        cause = inner.source();
    }
    one_line(&text).chars().take(500).collect()
}

fn parameters(host: &str, ca: Option<&std::path::Path>) -> Result<TlsParameters> {
    let mut builder = TlsParameters::builder(host.to_owned());
    if let Some(path) = ca {
        let shown = path.display();
        let pem = std::fs::read(path).map_err(|e| {
            fault(say!(
                "{shown} går inte att läsa ({e}): ca= ska vara sökvägen till en fil i PEM-format",
                "{shown} can't be read ({e}): ca= must be the path of a file in PEM format"
            ))
        })?;
        let certificate = Certificate::from_pem(&pem);
        builder =
            builder.add_root_certificate(certificate.map_err(|e| {
                fault(say!("{shown} är inget certifikat i PEM-format ({e})", "{shown} is no certificate in PEM format ({e})"))
            })?);
    }
    builder.build().map_err(|e| fault(say!("värden går inte att använda med TLS: {e}", "the host can't be used with TLS: {e}")))
}

/// A header that lettre has no name for.
macro_rules! header {
    ($type:ident, $name:literal, $value:literal) => {
        #[derive(Clone)]
        struct $type;
        impl Header for $type {
            fn name() -> HeaderName {
                HeaderName::new_from_ascii_str($name)
            }
            fn parse(_: &str) -> std::result::Result<Self, Box<dyn std::error::Error + Send + Sync>> {
                Ok(Self)
            }
            fn display(&self) -> HeaderValue {
                HeaderValue::new(Self::name(), $value.to_owned())
            }
        }
    };
}
// RFC 3834: no robot shall answer this robot. The second says so to Exchange.
header!(AutoSubmitted, "Auto-Submitted", "auto-generated");
header!(AutoResponseSuppress, "X-Auto-Response-Suppress", "All");

fn message(letter: &Outgoing, sender: &Sender, now: Moment) -> std::result::Result<Message, String> {
    let address = Some(&letter.to_address).filter(|a| is_address(a)).and_then(|a| a.parse::<Address>().ok());
    let name = Some(one_line(&letter.to_name)).filter(|name| !name.is_empty());
    let seconds = u64::try_from(now.unix()).unwrap_or_default();
    Message::builder()
        .message_id(Some(letter.message_id.clone()))
        .date(std::time::UNIX_EPOCH + Duration::from_secs(seconds))
        .from(sender.mailbox.clone())
        .to(Mailbox::new(name, address.ok_or("not an e-mail address")?))
        .subject(one_line(&letter.subject))
        .header(AutoSubmitted)
        .header(AutoResponseSuppress)
        .multipart(body(letter)?)
        .map_err(|e| reason(&e))
}

/// Plain text, HTML and, last and so best, the calendar: beside the others and not attached, or Outlook shows a file.
fn body(letter: &Outgoing) -> std::result::Result<MultiPart, String> {
    let body = MultiPart::alternative_plain_html(letter.text.clone(), letter.html.clone());
    let Some(calendar) = &letter.calendar else { return Ok(body) };
    let method = method_of(calendar).ok_or("a calendar without a method")?;
    let kind = format!("text/calendar; charset=utf-8; method={}", method.as_str());
    let part = SinglePart::builder().header(ContentType::parse(&kind).map_err(|e| e.to_string())?).body(calendar.clone());
    Ok(body.singlepart(part))
}

fn make(folder: &std::path::Path) -> std::io::Result<()> {
    use std::os::unix::fs::DirBuilderExt;
    std::fs::DirBuilder::new().recursive(true).mode(0o700).create(folder)
}

/// Writes a letter as a file that only we may read; under its name only once it is whole.
fn write(folder: &std::path::Path, letter: &Outgoing, now: Moment, bytes: &[u8]) -> std::io::Result<()> {
    make(folder)?;
    let name = format!("{}-{}-{}", now.utc().format("%Y%m%dT%H%M%SZ"), letter.kind, letter.id);
    let part = folder.join(format!("{name}.part"));
    let mut file = std::fs::OpenOptions::new().write(true).create(true).truncate(true).mode(0o600).open(&part)?;
    file.write_all(bytes)?;
    file.sync_all()?;
    std::fs::rename(part, folder.join(format!("{name}.eml")))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::id::Id;

    #[test]
    fn a_mail_server_is_given_by_its_url() {
        for (good, server) in [
            ("smtp://mail.example.org", "mail.example.org:587"),
            ("smtp://u:p@mail.example.org:2525?tls=required", "mail.example.org:2525"),
            ("smtp://u%40example.org:p%2F%3A%25@mail.example.org?tls=required", "mail.example.org:587"),
            ("smtps://u:p@mail.example.org", "mail.example.org:465"),
            ("smtps://mail.example.org:4465/?tls=required", "mail.example.org:4465"),
            ("smtp://localhost:1025?tls=none", "localhost:1025"),
            ("smtp://127.0.0.1:1025?tls=none", "127.0.0.1:1025"),
            ("smtp://mailpit:1025?tls=none", "mailpit:1025"),
            ("smtp://[::1]:1025?tls=none", "::1:1025"),
        ] {
            match Transport::parse(good) {
                Ok(Transport::Smtp(smtp)) => assert_eq!(smtp.server, server),
                other => panic!("{good}: {other:?}"),
            }
        }
    }

    #[test]
    fn a_wrong_url_is_refused_with_what_to_write() {
        for (bad, hint) in [
            ("", "smtp://user"),
            ("mail.example.org", "smtp://user"),
            ("http://mail.example.org", "smtp://user"),
            ("smtp://", "smtp://user"),
            ("smtp://host:0", "smtp://user"),
            ("smtp://host/path", "smtp://user"),
            ("smtp://host#x", "smtp://user"),
            ("smtp://host?tls=maybe", "tls=required"),
            ("smtp://mail.example.org?tls=none", "tls=required"),
            ("smtp://192.0.2.7?tls=none", "tls=required"),
            ("smtp://host?tls=opportunistic", "tls=required"),
            ("smtp://127.0.0.1.example.org?tls=none", "tls=required"),
            ("smtp://host?tls=required&tls=none", "tls=required"),
            ("smtp://host?verify=no", "tls=required"),
            ("smtp://host?ca=/no/such/file.pem", "PEM"),
            ("smtps://host?tls=none", "smtps is always encrypted"),
            ("smtp://user@host", "both user and password"),
            ("smtp://:secret@host", "both user and password"),
            ("smtp://u:p%zz@host", "%40"),
            ("smtp://u:p%4@host", "%40"),
        ] {
            match Transport::parse(bad) {
                Err(Error::Invalid(faults)) => {
                    let message = &faults[0].message;
                    assert!(message.en.contains(hint), "{bad}: {}", message.en);
                    assert!(!message.en.contains("secret") && !message.sv.contains("secret"), "a fault shows no password");
                }
                other => panic!("{bad}: {other:?}"),
            }
        }
    }

    #[test]
    fn a_password_is_in_no_debug_output() {
        let transport = Transport::parse("smtp://amina:hemligt@mail.example.org").unwrap();
        let shown = format!("{transport:?}");
        assert!(!shown.contains("hemligt") && !shown.contains("amina"), "{shown}");
    }

    #[test]
    fn escapes_in_credentials_are_undone() {
        assert_eq!(unescaped("p%2F%3a%25%C3%A5+").unwrap(), "p/:%å+");
        assert!(unescaped("%ff").is_err() && unescaped("%+1").is_err() && unescaped("a%00").is_err());
    }

    #[test]
    fn an_address_holds_nothing_that_could_end_a_header() {
        for good in ["amina.berg@example.org", "a+b@sub.example.org", "o'brien@example.org", "bokning@localhost"] {
            assert!(is_address(good), "{good}");
        }
        for bad in [
            "",
            "x",
            "@example.org",
            "a@",
            "a b@example.org",
            "a@example.org\r\nBcc: b@example.org",
            "a@example.org\n",
            "\"a\r\n\"@example.org",
            "a\u{0}@example.org",
            "Amina <a@example.org>",
            "a@example.org, b@example.org",
        ] {
            assert!(!is_address(bad), "{bad:?}");
        }
        assert!(!is_address(&format!("a@{}.org", "b".repeat(260))));
    }

    #[test]
    fn a_sender_has_a_name_and_a_domain() {
        let house = sender("Föreningscentret Nobel 21 <bokning@localhost>").unwrap();
        assert_eq!((house.name.as_str(), house.domain.as_str()), ("Föreningscentret Nobel 21", "localhost"));
        assert_eq!(sender("bokning@example.org").unwrap().name, "Nobel 21");
        for bad in ["", "Nobel 21", "Nobel <x>", "a@b.se\r\nBcc: x@y.z", "Nobel\n21 <a@b.se>"] {
            assert!(sender(bad).is_err(), "{bad:?}");
        }
    }

    fn letter() -> Outgoing {
        Outgoing {
            id: Id::new(),
            kind: "booking_confirmed".into(),
            message_id: "<1@example.org>".into(),
            to_address: "amina@example.org".into(),
            to_name: "Åsa \"Ek\", ordförande\r\nBcc: x@example.org".into(),
            subject: "Bokningen är bekräftad\r\nX-Evil: 1".into(),
            text: "Hej Åsa!\n.\nSlut\n".into(),
            html: "<p>Hej Åsa!</p>".into(),
            calendar: None,
            attempts: 0,
            request_id: None,
        }
    }

    #[test]
    fn a_letter_has_the_headers_of_an_automatic_one_and_none_that_a_name_made_up() {
        let now = "2026-11-24T18:00:00+01:00".parse().unwrap();
        let sender = sender("Nobel 21 <bokning@example.org>").unwrap();
        let bytes = message(&letter(), &sender, now).unwrap().formatted();
        let mail = mail_parser::MessageParser::default().parse(&bytes).unwrap();
        assert_eq!(mail.message_id(), Some("1@example.org"));
        assert_eq!(mail.header("Auto-Submitted").unwrap().as_text(), Some("auto-generated"));
        assert_eq!(mail.header("X-Auto-Response-Suppress").unwrap().as_text(), Some("All"));
        assert_eq!(mail.date().unwrap().to_timestamp(), Moment::unix(now));
        assert_eq!(mail.from().unwrap().first().unwrap().address(), Some("bokning@example.org"));
        let to = mail.to().unwrap();
        assert_eq!(to.clone().into_list().len(), 1);
        assert_eq!(to.first().unwrap().address(), Some("amina@example.org"));
        assert_eq!(to.first().unwrap().name(), Some("Åsa \"Ek\", ordförande Bcc: x@example.org"));
        assert_eq!(mail.subject(), Some("Bokningen är bekräftad X-Evil: 1"));
        assert!(mail.header("Bcc").is_none() && mail.header("X-Evil").is_none());
        assert_eq!(mail.body_text(0).unwrap().replace("\r\n", "\n").trim_end(), "Hej Åsa!\n.\nSlut");
        assert!(mail.body_html(0).unwrap().contains("<p>Hej Åsa!</p>"));
    }

    #[test]
    fn without_a_mail_server_each_letter_is_a_file_that_only_we_read() {
        use std::os::unix::fs::PermissionsExt;
        let folder = tempfile::tempdir().unwrap();
        let transport = Transport::Folder(folder.path().join("mail"));
        let (letter, now) = (letter(), "2026-11-24T18:00:00+01:00".parse().unwrap());
        transport.check().unwrap();
        let sender = sender("Nobel 21 <bokning@example.org>").unwrap();
        assert_eq!(transport.send(&letter, &sender, now), Outcome::Sent);
        let files: Vec<_> = std::fs::read_dir(folder.path().join("mail")).unwrap().map(|f| f.unwrap()).collect();
        assert_eq!(files.len(), 1);
        let name = format!("20261124T170000Z-booking_confirmed-{}.eml", letter.id);
        assert_eq!(files[0].file_name().to_str(), Some(name.as_str()));
        assert_eq!(files[0].metadata().unwrap().permissions().mode() & 0o777, 0o600);
    }
}
