//! That something was written, by whomever: for those who would otherwise ask again and again.
use diesel::{connection::SimpleConnection, prelude::*, sql_types::Integer};

use super::{
    Db,
    conn::{Conn, Location, Manager, Mode},
    version::mark,
};
use crate::error::{Error, Result};

/// Where processes on one PostgreSQL call to each other. A process calls after its transaction, not in it: calls in a transaction
/// make all commits of the cluster wait for each other.
const CHANNEL: &str = "nobel21_written";

/// Notices writes of this process and of all others on the same database, with a connection of its own.
pub struct Changes {
    db: Db,
    ear: Option<Ear>,
    own: u64,
}

struct Ear {
    conn: Conn,
    /// SQLite: the state of the file when it was last looked at.
    mark: String,
    /// PostgreSQL: whose calls are one's own.
    process: i32,
}

impl Changes {
    /// Listens from now on.
    pub fn of(db: &Db) -> Result<Self> {
        let own = db.watch.own();
        Ok(Self { db: db.clone(), ear: Some(Ear::open(&db.location)?), own })
    }

    /// Was anything written since the last time? `true` also after a lost connection: nobody knows what was missed. On PostgreSQL it
    /// calls out to the other processes what this one has written.
    pub fn any(&mut self) -> Result<bool> {
        let heard = self.listen();
        if heard.is_err() {
            self.ear = None;
        }
        heard
    }

    fn listen(&mut self) -> Result<bool> {
        let Some(ear) = &mut self.ear else {
            self.ear = Some(Ear::open(&self.db.location)?);
            return Ok(true);
        };
        match &mut ear.conn {
            Conn::Sqlite(_) => {
                let now = mark(&mut ear.conn)?;
                let changed = now != ear.mark;
                ear.mark = now;
                Ok(changed)
            }
            Conn::Postgres(c) => {
                let own = self.db.watch.own();
                let mut changed = own != self.own;
                if changed {
                    diesel::sql_query(format!("NOTIFY {CHANNEL}")).execute(c)?;
                    self.own = own;
                }
                for call in c.notifications_iter() {
                    changed |= call?.process_id != ear.process;
                }
                Ok(changed)
            }
        }
    }
}

impl Ear {
    fn open(location: &Location) -> Result<Self> {
        use diesel::r2d2::ManageConnection;
        #[derive(QueryableByName)]
        struct Backend {
            #[diesel(sql_type = Integer)]
            process: i32,
        }
        let mut conn = Manager { location: location.clone(), mode: Mode::Read }.connect().map_err(Error::internal)?;
        let mut process = 0;
        if let Conn::Postgres(c) = &mut conn {
            // A call too: whoever was here before may have written and been killed before it called, or had nobody to call.
            c.batch_execute(&format!("LISTEN {CHANNEL}; NOTIFY {CHANNEL}"))?;
            process = diesel::sql_query("SELECT pg_backend_pid() AS process").get_result::<Backend>(c)?.process;
        }
        let mark = mark(&mut conn)?;
        Ok(Self { conn, mark, process })
    }
}
