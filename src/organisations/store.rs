//! SQL of organisations and memberships.
use diesel::{
    prelude::*,
    sql_query,
    sql_types::{BigInt, Bool, Integer, Text, Timestamp},
};

use super::{
    org_number::OrgNumber,
    organisation::{Member, Organisation, Status},
    phone::Phone,
};
use crate::{
    db::{Both, Conn, DbUuid, is_duplicate, schema::*},
    error::{Error, Result},
    http::page::Page,
    id::Id,
    text::{fold, like, stored},
    time::Moment,
};

#[derive(Queryable, Selectable)]
#[diesel(table_name = organisations)]
struct Row {
    id: Id,
    name: String,
    kind: String,
    org_number: Option<String>,
    email: Option<String>,
    phone: Option<String>,
    tenant: bool,
    protected: bool,
    status: String,
    version: i32,
    created_at: Moment,
    updated_at: Moment,
}

impl TryFrom<Row> for Organisation {
    type Error = Error;
    fn try_from(row: Row) -> Result<Self> {
        Ok(Self {
            id: row.id,
            name: row.name,
            kind: stored(&row.kind)?,
            org_number: row.org_number.as_deref().map(stored::<OrgNumber>).transpose()?,
            email: row.email,
            phone: row.phone.map(Phone::stored).transpose()?,
            tenant: row.tenant,
            protected: row.protected,
            status: stored(&row.status)?,
            version: row.version,
            created_at: row.created_at,
            updated_at: row.updated_at,
        })
    }
}

/// The organisation with this key.
pub fn by_id(c: &mut Conn, id: Id) -> Result<Option<Organisation>> {
    organisations::table.find(id).select(Row::as_select()).first(c).optional()?.map(Organisation::try_from).transpose()
}

/// The organisation with this number.
pub fn by_org_number(c: &mut Conn, number: &OrgNumber) -> Result<Option<Organisation>> {
    organisations::table
        .filter(organisations::org_number.eq(number.digits()))
        .select(Row::as_select())
        .first(c)
        .optional()?
        .map(Organisation::try_from)
        .transpose()
}

/// Keeps others from changing an organisation, its members and whatever else is decided under this lock until the transaction
/// ends. `false` if there is no such organisation.
pub fn lock(c: &mut Conn, id: Id) -> Result<bool> {
    match c {
        // "No key": rows that refer to the organisation may still be added meanwhile.
        Conn::Postgres(c) => {
            let locked: Option<Id> = organisations::table.find(id).select(organisations::id).for_no_key_update().first(c).optional()?;
            Ok(locked.is_some())
        }
        // A SQLite transaction that writes is alone as it is.
        Conn::Sqlite(c) => Ok(diesel::select(diesel::dsl::exists(organisations::table.find(id))).get_result(c)?),
    }
}

/// Adds an organisation; `false` if its number is taken.
pub fn insert(c: &mut Conn, new: &Organisation) -> Result<bool> {
    let row = (
        organisations::id.eq(new.id),
        organisations::name.eq(&new.name),
        organisations::name_key.eq(fold(&new.name)),
        organisations::kind.eq(new.kind.as_str()),
        organisations::org_number.eq(new.org_number.as_ref().map(OrgNumber::digits)),
        organisations::email.eq(&new.email),
        organisations::phone.eq(new.phone.as_ref().map(Phone::as_str)),
        organisations::tenant.eq(new.tenant),
        organisations::protected.eq(new.protected),
        organisations::status.eq(new.status.as_str()),
        organisations::version.eq(new.version),
        organisations::created_at.eq(new.created_at),
        organisations::updated_at.eq(new.updated_at),
    );
    let insert = diesel::insert_into(organisations::table).values(row).on_conflict(organisations::org_number).do_nothing();
    Ok(Both(insert).execute(c)? == 1)
}

/// Stores an organisation's facts; `false` if its new number is taken, which spoils the transaction.
pub fn update(c: &mut Conn, changed: &Organisation) -> Result<bool> {
    let done = diesel::update(organisations::table.find(changed.id))
        .set((
            organisations::name.eq(&changed.name),
            organisations::name_key.eq(fold(&changed.name)),
            organisations::kind.eq(changed.kind.as_str()),
            organisations::org_number.eq(changed.org_number.as_ref().map(OrgNumber::digits)),
            organisations::email.eq(&changed.email),
            organisations::phone.eq(changed.phone.as_ref().map(Phone::as_str)),
            organisations::tenant.eq(changed.tenant),
            organisations::protected.eq(changed.protected),
            organisations::status.eq(changed.status.as_str()),
            organisations::version.eq(changed.version),
            organisations::updated_at.eq(changed.updated_at),
        ))
        .execute(c);
    match done {
        Ok(_) => Ok(true),
        Err(error) if is_duplicate(&error, "organisations", "org_number") => Ok(false),
        Err(error) => Err(error.into()),
    }
}

/// Which organisations are asked for.
#[derive(Debug, Clone, Default)]
pub struct Filter {
    /// Words in the name.
    pub q: Option<String>,
    /// The one with this number.
    pub org_number: Option<OrgNumber>,
    /// Of this kind.
    pub kind: Option<super::Kind>,
    /// With or without a home in the house.
    pub tenant: Option<bool>,
    /// In this state.
    pub status: Option<Status>,
    /// Under threat or not.
    pub protected: Option<bool>,
    /// Of these alone; `None` is all.
    pub only: Option<Vec<Id>>,
}

/// A page of organisations by name, and one more.
pub fn page(c: &mut Conn, filter: &Filter, page: &Page) -> Result<Vec<Organisation>> {
    let mut query = organisations::table.select(Row::as_select()).into_boxed();
    if let Some(q) = &filter.q {
        query = query.filter(organisations::name_key.like(like(q)).escape('\\'));
    }
    if let Some(number) = &filter.org_number {
        query = query.filter(organisations::org_number.eq(number.digits()));
    }
    if let Some(kind) = filter.kind {
        query = query.filter(organisations::kind.eq(kind.as_str()));
    }
    if let Some(tenant) = filter.tenant {
        query = query.filter(organisations::tenant.eq(tenant));
    }
    if let Some(status) = filter.status {
        query = query.filter(organisations::status.eq(status.as_str()));
    }
    if let Some(protected) = filter.protected {
        query = query.filter(organisations::protected.eq(protected));
    }
    if let Some(only) = &filter.only {
        query = query.filter(organisations::id.eq_any(only));
    }
    if let Some(after) = &page.after {
        query = query
            .filter(organisations::name_key.ge(&after.key).and(organisations::name_key.gt(&after.key).or(organisations::id.gt(after.id))));
    }
    let rows: Vec<Row> = query.order((organisations::name_key, organisations::id)).limit(page.fetch()).load(c)?;
    rows.into_iter().map(Organisation::try_from).collect()
}

#[derive(QueryableByName)]
struct MemberRow {
    #[diesel(sql_type = DbUuid)]
    id: Id,
    #[diesel(sql_type = Text)]
    email: String,
    #[diesel(sql_type = Text)]
    name: String,
    #[diesel(sql_type = Bool)]
    organisation_admin: bool,
    #[diesel(sql_type = Bool)]
    confirmed: bool,
    #[diesel(sql_type = Timestamp)]
    created_at: Moment,
    #[diesel(sql_type = Integer)]
    version: i32,
}

impl From<MemberRow> for Member {
    fn from(row: MemberRow) -> Self {
        let MemberRow { id, email, name, organisation_admin, confirmed, created_at, version } = row;
        Self { person_id: id, email, name, organisation_admin, confirmed, created_at, version }
    }
}

const MEMBERS: &str = "SELECT people.id, email, name, name_key, organisation_admin, TRUE AS confirmed, memberships.created_at, memberships.version \
     FROM memberships JOIN people ON people.id = person_id WHERE organisation_id = $1";
const ASKED: &str = "SELECT id, email, name, name_key, organisation_admin, FALSE AS confirmed, created_at, 1 AS version \
     FROM membership_invitations WHERE organisation_id = $1";

/// A page of an organisation's members by name, and one more; among them who is asked to become one, if wanted. Together by the database,
/// whose order of names the cursor follows.
pub fn members(c: &mut Conn, organisation: Id, with_asked: bool, page: &Page) -> Result<Vec<Member>> {
    let all = if with_asked { format!("{MEMBERS} UNION ALL {ASKED}") } else { MEMBERS.to_owned() };
    let (key, id) = page.after.as_ref().map_or(("", Id(uuid::Uuid::nil())), |after| (after.key.as_str(), after.id));
    let query = format!(
        "SELECT id, email, name, organisation_admin, confirmed, created_at, version FROM ({all}) AS all_of_them \
         WHERE name_key >= $2 AND (name_key > $2 OR id > $3) ORDER BY name_key, id LIMIT $4"
    );
    let query = sql_query(query).bind::<DbUuid, _>(organisation).bind::<Text, _>(key).bind::<DbUuid, _>(id);
    let rows: Vec<MemberRow> = query.bind::<BigInt, _>(page.fetch()).load(c)?;
    Ok(rows.into_iter().map(Member::from).collect())
}

/// Is the one with this address a member?
pub fn has_member_with(c: &mut Conn, organisation: Id, email_key: &str) -> Result<bool> {
    let found = memberships::table
        .inner_join(people::table)
        .filter(memberships::organisation_id.eq(organisation))
        .filter(people::email_key.eq(email_key));
    Ok(diesel::select(diesel::dsl::exists(found)).get_result(c)?)
}

/// One member.
pub fn member_by_id(c: &mut Conn, organisation: Id, person: Id) -> Result<Option<Member>> {
    let row: Option<(Id, String, String, bool, Moment, i32)> = memberships::table
        .inner_join(people::table)
        .filter(memberships::organisation_id.eq(organisation))
        .filter(memberships::person_id.eq(person))
        .select((people::id, people::email, people::name, memberships::organisation_admin, memberships::created_at, memberships::version))
        .first(c)
        .optional()?;
    Ok(row.map(|(person_id, email, name, organisation_admin, created_at, version)| Member {
        person_id,
        email,
        name,
        organisation_admin,
        confirmed: true,
        created_at,
        version,
    }))
}

/// Adds a member; `false` if it is one already.
pub fn insert_member(c: &mut Conn, organisation: Id, person: Id, organisation_admin: bool, now: Moment) -> Result<bool> {
    let row = (
        memberships::organisation_id.eq(organisation),
        memberships::person_id.eq(person),
        memberships::organisation_admin.eq(organisation_admin),
        memberships::version.eq(1),
        memberships::created_at.eq(now),
    );
    let insert = diesel::insert_into(memberships::table)
        .values(row)
        .on_conflict((memberships::organisation_id, memberships::person_id))
        .do_nothing();
    Ok(Both(insert).execute(c)? == 1)
}

/// Makes a member organisation admin, or no longer.
pub fn update_member(c: &mut Conn, organisation: Id, member: &Member) -> Result<()> {
    diesel::update(memberships::table.find((organisation, member.person_id)))
        .set((memberships::organisation_admin.eq(member.organisation_admin), memberships::version.eq(member.version)))
        .execute(c)?;
    Ok(())
}

/// Removes a member.
pub fn delete_member(c: &mut Conn, organisation: Id, person: Id) -> Result<()> {
    // Whoever leaves may have the address of the association's calendar, which opens all its titles.
    diesel::delete(calendar_keys::table.filter(calendar_keys::organisation_id.eq(organisation))).execute(c)?;
    diesel::delete(memberships::table.find((organisation, person))).execute(c)?;
    Ok(())
}

/// Does anybody else who can sign in manage this organisation?
pub fn has_other_admin(c: &mut Conn, organisation: Id, person: Id) -> Result<bool> {
    let others = memberships::table
        .inner_join(people::table)
        .filter(memberships::organisation_id.eq(organisation))
        .filter(memberships::person_id.ne(person))
        .filter(memberships::organisation_admin)
        .filter(people::disabled_at.is_null());
    Ok(diesel::select(diesel::dsl::exists(others)).get_result(c)?)
}
