//! The database goes away and comes back.
use diesel::{connection::SimpleConnection, prelude::*};

use crate::support::{App, database::Database};

#[test]
fn postgres_gone_is_503_and_back_is_well_without_a_restart() {
    let app = App::on(Database::cloned(), |config| config.connections = 2);
    app.furnish();
    let reader = app.anonymous();
    reader.get("/rooms").is(200);
    let url = app.database().url();
    let (server, name) = url.rsplit_once('/').unwrap();
    let mut admin = PgConnection::establish(&format!("{server}/postgres")).unwrap();
    admin.batch_execute(&format!("ALTER DATABASE {name} ALLOW_CONNECTIONS false")).unwrap();
    admin.batch_execute(&format!("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '{name}'")).unwrap();
    let gone = reader.get("/rooms").refused(503, "unavailable");
    assert!(!gone.header("retry-after").is_empty());
    app.anonymous().get("/readyz").refused(503, "unavailable");
    app.anonymous().get("/healthz").is(200);
    admin.batch_execute(&format!("ALTER DATABASE {name} ALLOW_CONNECTIONS true")).unwrap();
    reader.get("/rooms").is(200);
}
