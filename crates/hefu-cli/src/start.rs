//! `hefu init` as a command: the plan from what was typed, and what was made, told.

use jiff::Timestamp;
use rust_i18n::t;
use serde_json::json;

use crate::{
    arguments::{Init, Roles},
    failure::Failure,
    init::{self, Installation, Plan},
    layout::Room,
    screen::{Page, Screen, Tone},
    words::columns,
};

/// Makes the installation and tells what is where and what to do next.
pub(crate) fn run(asked: &Init, screen: Screen, now: Timestamp) -> Result<(), Failure> {
    let separate = asked.roles == Roles::Separate;
    let mut plan = Plan {
        folder: asked.folder.clone(),
        listen: asked.listen,
        tls_listen: asked.tls_listen,
        public_url: format!("http://{}", asked.listen),
        name: asked.name.clone(),
        separate,
    };
    if separate {
        // Relying parties come to the status role, which then listens at an address of its own.
        let mut address = asked.listen;
        address.set_port(address.port().saturating_add(3));
        plan.public_url = format!("http://{address}");
    }
    if let Some(url) = &asked.public_url {
        plan.public_url.clone_from(url);
    }
    let made = init::init(&plan, now)?;
    let folder = plan.folder.display().to_string();
    let certificates: Vec<_> = made
        .certificates
        .iter()
        .map(|(path, made)| json!({ "file": path, "subject": made.transcript.value("subject"), "sm3": made.transcript.value("sm3") }))
        .collect();
    let machine = json!({
        "folder": folder,
        "public_url": made.settings.public_url,
        "tls_url": format!("https://{}", made.settings.tls_listen),
        "configuration": configurations(&plan),
        "certificates": certificates,
        "officers": made.officers.iter().map(|(name, role)| json!({
            "name": name,
            "role": role,
            "token_file": format!("officers/{name}.token"),
            "certificate": format!("officers/{name}.crt"),
            "key": format!("officers/{name}.key"),
        })).collect::<Vec<_>>(),
    });
    screen.show(&machine, |page| people(&plan, &made, page))
}

fn configurations(plan: &Plan) -> Vec<String> {
    let separate = Room::ZONES.iter().filter(|_| plan.separate);
    let files = separate.map(|room| format!("{}.toml", room.name()));
    std::iter::once("hefud.toml".to_owned()).chain(files).collect()
}

fn people(plan: &Plan, made: &Installation, page: &mut Page) -> std::io::Result<()> {
    let folder = plan.folder.display().to_string();
    page.outcome(Tone::Good, &t!("init.made", folder = folder))?;
    page.line("")?;
    let head = columns(&["file", "subject", "sm3"]);
    let rows = made.certificates.iter().map(|(path, made)| {
        let digest = made.transcript.value("sm3").chars().take(16).collect();
        vec![path.clone(), made.transcript.value("subject").to_owned(), digest]
    });
    page.table(&head, rows.collect())?;
    page.line("")?;
    let head = columns(&["officer", "duty", "file"]);
    let rows = made
        .officers
        .iter()
        .map(|(name, role)| vec![name.clone(), role.clone(), format!("officers/{name}.token")]);
    page.table(&head, rows.collect())?;
    page.line("")?;
    page.line(&t!("init.keep"))?;
    page.line(&t!(
        "init.door",
        url = format!("https://{}/login", made.settings.tls_listen)
    ))?;
    page.line(&t!("init.next"))?;
    if !plan.separate {
        return page.line(&format!("  hefud all --config {folder}/hefud.toml"));
    }
    Room::ZONES
        .iter()
        .try_for_each(|room| page.line(&format!("  hefud {0} --config {folder}/{0}.toml", room.name())))
}
