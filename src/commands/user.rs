//! `nobel21 user`: accounts, from the terminal of whoever runs the server.
use std::{io::BufRead, process::ExitCode};

use clap::{Args, Subcommand};
use nobel21::{
    audit::By,
    db::Conn,
    error::{Error, Language, Result, Say},
    http::{
        field::{Fields, line},
        page::{Cursor, Page},
    },
    organisations::{self, OrgNumber, members},
    people::{
        Email, Person, Role, password, second_factor, sign_in,
        users::{self, Filter, NewUser, User},
    },
    say,
    text::fold,
    time::Clock,
};
use serde_json::json;

use super::{
    Outcome, journal,
    settings::{Front, Storage},
    terminal,
};

/// Add, list and disable accounts, and let in who has lost the phone
#[derive(Debug, Args)]
#[command(after_help = "Example:\n  nobel21 user add --email kim@example.org --name 'Kim Ek' --role reception")]
pub struct Accounts {
    #[command(subcommand)]
    what: What,
}

#[derive(Debug, Subcommand)]
enum What {
    Add(Add),
    List(List),
    Disable(Disable),
    RemoveSecondFactor(RemoveSecondFactor),
}

impl Accounts {
    /// Does one of them.
    pub fn run(self) -> Outcome {
        journal::start("warn")?;
        match self.what {
            What::Add(add) => add.run(),
            What::List(list) => list.run(),
            What::Disable(disable) => disable.run(),
            What::RemoveSecondFactor(remove) => remove.run(),
        }
    }
}

/// Lets clap read one of our own words or values, and say in the terminal's language what would be right.
fn read<T: std::str::FromStr<Err = Say>>(text: &str) -> std::result::Result<T, String> {
    text.parse().map_err(|say: Say| say.in_language(terminal::language()).to_owned())
}

/// Add an account
#[derive(Debug, Args)]
#[command(
    after_help = "Examples:\n  nobel21 user add --email kim@example.org --name 'Kim Ek' --role reception\n  nobel21 user add --email bo@example.org --name 'Bo Ek' --role booker --organisation 802266-4737 --organisation-admin\n  pass show nobel21/kim | nobel21 user add --email kim@example.org --name 'Kim Ek' --role admin --password-stdin\n\nWithout --password-stdin it prints a link, good once and for a week, with which the person sets a password."
)]
struct Add {
    /// Where the person's letters go; one account for each address
    #[arg(long, value_parser = read::<Email>)]
    email: Email,
    /// What the person is called
    #[arg(long, value_parser = name)]
    name: String,
    /// What the person may do in the house: admin, reception or booker
    #[arg(long, value_parser = read::<Role>)]
    role: Role,
    /// In which language the person reads: sv or en
    #[arg(long, value_parser = read::<Language>, default_value = "sv")]
    language: Language,
    /// The number of the organisation for which the person books
    #[arg(long, value_name = "ORG_NUMBER", value_parser = read::<OrgNumber>)]
    organisation: Option<OrgNumber>,
    /// The person also manages that organisation's members
    #[arg(long, requires = "organisation")]
    organisation_admin: bool,
    /// Read the password, one line, from standard input
    #[arg(long)]
    password_stdin: bool,
    #[command(flatten)]
    front: Front,
    #[command(flatten)]
    storage: Storage,
}

fn name(text: &str) -> std::result::Result<String, String> {
    let mut fields = Fields::of(json!({"name": text})).map_err(|error| error.to_string())?;
    let name = fields.required("name", line(1..=200));
    fields.finish((name,)).map(|(name,)| name).map_err(|error| match error {
        Error::Invalid(faults) => faults.iter().map(|fault| fault.message.in_language(terminal::language())).collect::<Vec<_>>().join("; "),
        other => other.to_string(),
    })
}

impl Add {
    fn run(self) -> Outcome {
        let hash = if self.password_stdin {
            Some(password::choose("password", &password_from_input()?, &[&self.name, &self.email.address])?)
        } else {
            None
        };
        let house = self.front.house()?;
        let by = By::program(Clock::System.now());
        let db = self.storage.open_or_make()?;
        let address = self.email.address.clone();
        let link = db.write_now(|c| {
            let new = NewUser { email: self.email, name: self.name, role: self.role, language: self.language };
            let person = users::add(c, &by, &new)?;
            if let Some(number) = &self.organisation {
                let organisation = organisations::by_org_number(c, number)?.ok_or_else(|| unknown(number))?;
                members::enter(c, &by, organisation.id, &person, self.organisation_admin)?;
            }
            match &hash {
                Some(hash) => users::set_password(c, &by, person.id, hash).map(|()| None),
                None => sign_in::password_link(c, &house, person.id, by.at).map(Some),
            }
        })?;
        terminal::tell(&match link {
            None => say!("{address} har ett konto och kan logga in.", "{address} has an account and can sign in."),
            Some(link) => say!(
                "{address} har ett konto. Med den här länken, som gäller en gång och i sju dagar, väljs lösenordet:\n  {link}",
                "{address} has an account. This link, good once and for seven days, sets the password:\n  {link}"
            ),
        });
        Ok(ExitCode::SUCCESS)
    }
}

fn unknown(number: &OrgNumber) -> Error {
    refused(say!(
        "det finns ingen organisation med nummer {number}: lägg till den först, eller kontrollera numret",
        "there is no organisation with number {number}: add it first, or check the number"
    ))
}

fn password_from_input() -> Result<String> {
    let mut line = String::new();
    std::io::stdin().lock().read_line(&mut line).map_err(Error::internal)?;
    let typed = line.trim_end_matches(['\r', '\n']);
    let (least, most) = (password::LENGTH.start(), password::LENGTH.end());
    if !password::LENGTH.contains(&typed.chars().count()) || typed.contains('\0') {
        return Err(refused(say!("lösenordet ska ha {least} till {most} tecken", "the password must have {least} to {most} characters")));
    }
    Ok(typed.to_owned())
}

/// List the accounts
#[derive(Debug, Args)]
#[command(after_help = "Example:\n  nobel21 user list\n\nOne line each: address, role, state, name, organisations; separated by tabs.")]
struct List {
    #[command(flatten)]
    storage: Storage,
}

impl List {
    fn run(self) -> Outcome {
        let people = self.storage.open()?.read_now(everybody)?;
        for User { person, memberships, .. } in people {
            let state = match person.disabled_at {
                None => say!("aktivt", "active"),
                Some(since) => {
                    let date = since.date();
                    say!("avstängt {date}", "disabled {date}")
                }
            };
            let state = state.in_language(terminal::language()).to_owned();
            let organisations: Vec<&str> = memberships.iter().map(|membership| membership.organisation_name.as_str()).collect();
            terminal::line(&[person.email, person.role.to_string(), state, person.name, organisations.join(", ")].join("\t"));
        }
        Ok(ExitCode::SUCCESS)
    }
}

/// All accounts by name.
fn everybody(c: &mut Conn) -> Result<Vec<User>> {
    let mut all: Vec<User> = vec![];
    loop {
        let after = all.last().map(|last| Cursor { key: fold(&last.person.name), id: last.person.id });
        let page = Page { limit: 200, after };
        let mut some = users::list(c, &Filter::default(), &page)?;
        let more = some.len() > 200;
        some.truncate(200);
        all.extend(some);
        if !more {
            return Ok(all);
        }
    }
}

/// Disable an account: its sessions end at once, and nobody can sign in with it
#[derive(Debug, Args)]
#[command(after_help = "Example:\n  nobel21 user disable kim@example.org\n\nAn admin can open the account again in the web client.")]
struct Disable {
    /// The account's address
    #[arg(value_parser = read::<Email>)]
    email: Email,
    #[command(flatten)]
    storage: Storage,
}

impl Disable {
    fn run(self) -> Outcome {
        let by = By::program(Clock::System.now());
        let address = self.email.address.clone();
        self.storage.open()?.write_now(|c| {
            let person = with_address(c, &self.email)?;
            users::disable(c, &by, person.id)
        })?;
        terminal::tell(&say!("{address} är avstängt.", "{address} is disabled."));
        Ok(ExitCode::SUCCESS)
    }
}

/// Turn off the two-step sign-in of somebody who has lost both the phone and the paper, and remove its passkeys
#[derive(Debug, Args)]
#[command(
    after_help = "Example:\n  nobel21 user remove-second-factor kim@example.org\n\nIt signs the person out everywhere. Make sure that it is the person who asks."
)]
struct RemoveSecondFactor {
    /// The account's address
    #[arg(value_parser = read::<Email>)]
    email: Email,
    #[command(flatten)]
    front: Front,
    #[command(flatten)]
    storage: Storage,
}

impl RemoveSecondFactor {
    fn run(self) -> Outcome {
        let house = self.front.house()?;
        let by = By::program(Clock::System.now());
        let address = self.email.address.clone();
        self.storage.open()?.write_now(|c| {
            let person = with_address(c, &self.email)?;
            second_factor::remove(c, &by, &house, person.id)
        })?;
        terminal::tell(&say!("{address} loggar in med bara lösenordet.", "{address} signs in by the password alone."));
        Ok(ExitCode::SUCCESS)
    }
}

fn with_address(c: &mut Conn, email: &Email) -> Result<Person> {
    let address = &email.address;
    users::by_email(c, email)?
        .ok_or_else(|| refused(say!("{address} har inget konto: se nobel21 user list", "{address} has no account: see nobel21 user list")))
}

fn refused(detail: Say) -> Error {
    Error::Refused { code: "refused", detail }
}
