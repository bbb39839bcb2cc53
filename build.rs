//! Builds the web client under `web/` and lays it into the binary: `web.rs` includes the list that is written here.
//!
//! Runs only when one of its inputs changed, installs packages only when the lock file did, and fails when npm fails. With
//! `NOBEL21_SKIP_WEB=1` the binary is built without the client, and without Node.
use std::{
    env,
    fmt::Write as _,
    fs,
    io::{self, ErrorKind},
    path::{Path, PathBuf},
    process::{Command, ExitCode},
};

/// What the client is made of. Never `web/` itself: it holds `node_modules`.
const INPUTS: &[&str] = &[
    "src",
    "public",
    "index.html",
    "docs.html",
    "package.json",
    "package-lock.json",
    ".npmrc",
    "vite.config.ts",
    "svelte.config.js",
    "tsconfig.json",
];
const WEB: &str = "web";
const SKIP: &str = "NOBEL21_SKIP_WEB";

fn main() -> ExitCode {
    match run() {
        Ok(()) => ExitCode::SUCCESS,
        Err(why) => {
            println!("cargo::error={why}");
            ExitCode::FAILURE
        }
    }
}

fn run() -> Result<(), String> {
    println!("cargo::rerun-if-changed=build.rs");
    // The migrations are embedded too, and their macro does not see new folders by itself.
    println!("cargo::rerun-if-changed=migrations");
    println!("cargo::rerun-if-env-changed={SKIP}");
    let out = PathBuf::from(env::var_os("OUT_DIR").ok_or("cargo sets OUT_DIR")?);
    let dist = out.join("web");
    if env::var_os(SKIP).is_some_and(|value| !value.is_empty() && value != "0") {
        emptied(&dist).map_err(|why| format!("{}: {why}", dist.display()))?;
    } else {
        for input in INPUTS {
            println!("cargo::rerun-if-changed={WEB}/{input}");
        }
        install()?;
        let dist = dist.to_str().ok_or("the build folder's name is not UTF-8")?;
        npm(&["run", "build", "--", "--outDir", dist, "--emptyOutDir", "--logLevel", "warn"])?;
    }
    let list = list(&dist).map_err(|why| format!("{}: {why}", dist.display()))?;
    fs::write(out.join("assets.rs"), list).map_err(|why| format!("assets.rs: {why}"))
}

/// Installs the packages if the lock file is another one than was installed last.
fn install() -> Result<(), String> {
    let lock = fs::read(Path::new(WEB).join("package-lock.json")).map_err(|why| format!("web/package-lock.json: {why}"))?;
    let stamp = Path::new(WEB).join("node_modules/.nobel21-lock");
    if fs::read(&stamp).is_ok_and(|installed| installed == lock) {
        return Ok(());
    }
    npm(&["ci", "--no-audit", "--no-fund"])?;
    fs::write(&stamp, &lock).map_err(|why| format!("{}: {why}", stamp.display()))
}

fn npm(args: &[&str]) -> Result<(), String> {
    let program = if cfg!(windows) { "npm.cmd" } else { "npm" };
    match Command::new(program).args(args).current_dir(WEB).status() {
        Ok(status) if status.success() => Ok(()),
        Ok(status) => Err(format!("`npm {}` in {WEB}/ failed ({status}); what it said stands above", args.join(" "))),
        Err(why) if why.kind() == ErrorKind::NotFound => {
            Err(format!("the web client needs Node 20.19 or later and npm; install them, or set {SKIP}=1 to build without it"))
        }
        Err(why) => Err(format!("npm does not start: {why}")),
    }
}

fn emptied(folder: &Path) -> io::Result<()> {
    match fs::remove_dir_all(folder) {
        Err(why) if why.kind() != ErrorKind::NotFound => return Err(why),
        _ => {}
    }
    fs::create_dir_all(folder)
}

/// Every file as a line of Rust, sorted by its path, compressed twins beside it.
fn list(dist: &Path) -> io::Result<String> {
    let mut files = vec![];
    walk(dist, &mut files)?;
    files.sort();
    let mut list = String::from("static ASSETS: &[Asset] = &[\n");
    for file in &files {
        let Some(path) = file.strip_prefix(dist).ok().and_then(Path::to_str) else { continue };
        if path.ends_with(".br") || path.ends_with(".gz") {
            continue;
        }
        let twin = |extension: &str| {
            let twin = PathBuf::from(format!("{}.{extension}", file.display()));
            if twin.exists() { format!("Some(include_bytes!({:?}))", twin.display().to_string()) } else { "None".to_owned() }
        };
        let path = path.replace('\\', "/");
        let etag = format!("\"{:016x}\"", hash(&fs::read(file)?));
        let whole = format!("include_bytes!({:?})", file.display().to_string());
        let (br, gz, mime) = (twin("br"), twin("gz"), mime(&path));
        let _ = writeln!(list, "Asset {{ path: {path:?}, etag: {etag:?}, mime: {mime:?}, whole: {whole}, br: {br}, gz: {gz} }},");
    }
    list.push_str("];\n");
    Ok(list)
}

fn walk(folder: &Path, files: &mut Vec<PathBuf>) -> io::Result<()> {
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        if path.is_dir() {
            walk(&path, files)?;
        } else {
            files.push(path);
        }
    }
    Ok(())
}

/// FNV-1a: enough to tell two builds apart.
fn hash(bytes: &[u8]) -> u64 {
    bytes.iter().fold(0xcbf2_9ce4_8422_2325, |hash, byte| (hash ^ u64::from(*byte)).wrapping_mul(0x0100_0000_01b3))
}

fn mime(path: &str) -> &'static str {
    match path.rsplit('.').next().unwrap_or_default() {
        "html" => "text/html; charset=utf-8",
        "js" => "text/javascript; charset=utf-8",
        "css" => "text/css; charset=utf-8",
        "svg" => "image/svg+xml",
        "png" => "image/png",
        "json" => "application/json",
        "webmanifest" => "application/manifest+json",
        "txt" => "text/plain; charset=utf-8",
        "woff2" => "font/woff2",
        _ => "application/octet-stream",
    }
}
