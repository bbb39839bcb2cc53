//! `nobel21 serve`: the server.
use std::process::ExitCode;

use actix_web::rt::System;
use clap::Args;
use nobel21::{
    app::App,
    config::Config,
    error::{Error, Result},
    say,
};
use tokio::signal::unix::{Signal, SignalKind, signal};

use super::{Outcome, journal, settings::Service, terminal};

/// Run the server
#[derive(Debug, Args)]
#[command(
    after_help = "Example:\n  nobel21 serve --listen 0.0.0.0:8021 --data-dir /var/lib/nobel21 --public-url https://boka.example.org\n\nApplies migrations by itself. On an empty database it prints the one link with which the first admin sets a password.\nNOBEL21_LOG sets the log level (info); logs are text on a terminal and JSON lines otherwise. Ctrl-C or SIGTERM stops it:\nrunning requests are finished within 10 seconds, a second signal does not wait for them. After SIGTERM it goes on answering for three\nof these seconds while /readyz says no, so that a proxy in front sends its requests to another process."
)]
pub struct Serve {
    #[command(flatten)]
    service: Service,
}

impl Serve {
    /// Serves until a signal stops it.
    pub fn run(self) -> Outcome {
        journal::start("info,actix_server=warn")?;
        let given = self.service.given()?;
        Config::make_data_dir(&given.data_dir)?;
        let config = Config::assemble(given)?;
        let database = config.database.shown();
        System::new().block_on(async move {
            let signals = Signals::listen()?;
            let app = App::build(config)?;
            let url = format!("http://{}", app.address());
            terminal::tell(&say!("nobel21 svarar på {url} (databas: {database})", "nobel21 listens on {url} (database: {database})"));
            if let Some(link) = app.setup_link()? {
                terminal::tell(&say!(
                    "Huset har ingen administratör än. Öppna länken, som gäller en gång och i 24 timmar, och välj ett lösenord:\n  {link}",
                    "The house has no admin yet. Open this link, good once and for 24 hours, and choose a password:\n  {link}"
                ));
            }
            until_stopped(app, signals).await
        })?;
        Ok(ExitCode::SUCCESS)
    }
}

/// The signals that end a service: Ctrl-C, a service manager's stop, a terminal that closes.
pub struct Signals([Signal; 3]);

impl Signals {
    /// From now on they reach us, not the default that ends the process on the spot.
    pub fn listen() -> Result<Self> {
        let on = |kind| signal(kind).map_err(Error::internal);
        Ok(Self([on(SignalKind::interrupt())?, on(SignalKind::terminate())?, on(SignalKind::hangup())?]))
    }

    /// Waits for one; is it a service manager's?
    async fn next(&mut self) -> bool {
        let [interrupt, terminate, hangup] = &mut self.0;
        tokio::select! {
            _ = interrupt.recv() => false,
            _ = terminate.recv() => true,
            _ = hangup.recv() => false,
        }
    }
}

/// Runs the service until a signal comes; what runs is finished first, unless a second signal comes.
pub async fn until_stopped(app: App, mut signals: Signals) -> Result<()> {
    let handle = app.handle();
    actix_web::rt::spawn(async move {
        let managed = signals.next().await;
        terminal::tell(&say!("Avslutar …", "Stopping …"));
        let gracefully = async {
            // Whoever presses Ctrl-C has no proxy in front that would have to notice.
            if managed {
                handle.drain().await;
            }
            handle.stop(true).await;
        };
        tokio::select! {
            () = gracefully => (),
            _ = signals.next() => handle.stop(false).await,
        }
    });
    app.run().await
}
