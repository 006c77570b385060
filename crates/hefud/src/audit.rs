//! Wires the auditors' room and the records' door over every zone of the process: after all roles have opened theirs.

use std::sync::Arc;

use hefu_applicants::Registry;
use hefu_audit_room::{Assessor, AuditPages, Awaited, Reasons, Said, Typesetter};
use hefu_officers::{OfficerId, Officers};
use hefu_web::{Archive, Readers, Zones};
use jiff::Timestamp;

use crate::start::{Start, StartError, about, clock};

/// Adds the door and the pages, in a process that has officers.
pub(crate) fn open(start: &mut Start) -> Result<(), StartError> {
    match (&start.hosts, start.registry.clone()) {
        (Some(hosts), Some(registry)) => serve(&hosts.officers(), registry, start),
        _ => Ok(()),
    }
}

fn serve(officers: &Arc<Officers>, registry: Registry, start: &mut Start) -> Result<(), StartError> {
    let zones: Zones = start
        .zones
        .iter()
        .map(|zone| (zone.name(), Arc::clone(&zone.records)))
        .collect();
    let door = Archive {
        zones: zones.clone(),
        readers: Readers::Officers(Arc::clone(officers)),
        clock: clock(),
    };
    start.serve(door.routes());
    let assessor = Assessor::new(zones.clone(), clock()).map_err(about("rulebook"))?;
    let pages = AuditPages {
        zones,
        officers: Arc::clone(officers),
        reasons: Arc::new(Sealed(registry)),
        assessor: Arc::new(assessor),
        typesetter: Typesetter::default(),
        clock: clock(),
    };
    start.serve(pages.routes());
    Ok(())
}

/// The reasons in the applicants' files.
struct Sealed(Registry);

impl Reasons for Sealed {
    fn said<'a>(&'a self, subject: &'a str, by: OfficerId, at: Timestamp) -> Awaited<'a, Option<Said>> {
        Box::pin(async move {
            let given = self.0.reason_given(subject, by, at).await;
            let given = given.inspect_err(|why| tracing::error!("a reason cannot be read: {why}"));
            given.ok().flatten().map(|given| Said {
                words: given.words.to_string(),
                commitment: given.commitment,
            })
        })
    }
}
