//! Wires the auditors' room and the records' door over every zone of the process: after all roles have opened theirs.

use std::sync::Arc;

use hefu_audit_room::{Assessor, AuditPages, Typesetter};
use hefu_officers::Officers;
use hefu_web::{Archive, Readers, Zones};

use crate::start::{Start, StartError, about, clock};

/// Adds the door and the pages.
pub(crate) fn serve(officers: &Arc<Officers>, start: &mut Start) -> Result<(), StartError> {
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
        assessor: Arc::new(assessor),
        typesetter: Typesetter::default(),
        clock: clock(),
    };
    start.serve(pages.routes());
    Ok(())
}
