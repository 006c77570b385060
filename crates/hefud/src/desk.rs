//! Wires the registration officers' pages, which stand on what their JSON doors stand on.

use std::sync::Arc;

use hefu_applicants::Registry;
use hefu_officers::Officers;
use hefu_post::Office;
use hefu_ra::Desk;
use hefu_rooms::DeskPages;
use hefu_web::Site;

use crate::start::{Start, clock};

/// Adds the pages.
pub(crate) fn serve(desk: &Desk, registry: &Registry, officers: &Arc<Officers>, office: &Office, start: &mut Start) {
    let pages = DeskPages {
        desk: desk.clone(),
        registry: registry.clone(),
        officers: Arc::clone(officers),
        clock: clock(),
        site: Arc::new(Site {
            name: office.name.clone(),
            public_url: office.public_url.clone(),
        }),
    };
    start.serve(pages.routes());
}
