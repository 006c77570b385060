//! Wires the law library: its desk in the ra zone, where the officers are, the doors and the pages.

use std::sync::Arc;

use hefu_law_library::{Library, LibrarySettings};
use hefu_law_pages::LawPages;
use hefu_officers::Officers;
use hefu_post::Office;
use hefu_rulebook::Rulebook;
use hefu_web::{Laws, Site};

use crate::start::{Start, StartError, about, clock};
use crate::zone::Zone;

/// Opens the library and adds its doors and pages.
pub(crate) async fn open(
    zone: &Zone,
    officers: &Arc<Officers>,
    office: &Office,
    start: &mut Start,
) -> Result<(), StartError> {
    let library = Library::open(LibrarySettings {
        database: zone.database.clone(),
        book: Arc::new(Rulebook::builtin().map_err(about("rulebook"))?),
    });
    let library = library.await.map_err(about("law library"))?;
    let door = Laws {
        library: library.clone(),
        officers: Arc::clone(officers),
        clock: clock(),
    };
    start.serve(door.routes());
    let pages = LawPages {
        library,
        site: Arc::new(Site {
            name: office.name.clone(),
            public_url: office.public_url.clone(),
        }),
        clock: clock(),
    };
    start.serve(pages.routes());
    Ok(())
}
