//! Wires the counter's pages: files, texts and batches, on what their JSON doors stand on.

use std::sync::Arc;

use hefu_applicants::Registry;
use hefu_counter::CounterPages;
use hefu_officers::Officers;
use hefu_post::Office;
use hefu_ra::Desk;
use hefu_rulebook::{ParameterName, Rulebook, Term};

use crate::applicants::Files;
use crate::start::{Start, StartError, about, clock};
use crate::typesetter::Printer;
use crate::zone::Zone;

/// The rule set whose retention holds for applicants' files: the measures in force.
const RULES: &str = "m15";

/// Adds the pages.
pub(crate) fn serve(
    zone: &Zone,
    (desk, registry, batches): (&Desk, &Registry, hefu_batch::Office),
    officers: &Arc<Officers>,
    office: &Office,
    start: &mut Start,
) -> Result<(), StartError> {
    let pages = CounterPages {
        registry: registry.clone(),
        desk: desk.clone(),
        files: Arc::new(Files(registry.clone(), zone.database.clone())),
        office: batches,
        officers: Arc::clone(officers),
        typesetter: Arc::new(Printer::beside()),
        provider: office.name.clone(),
        retention: retention()?,
        clock: clock(),
    };
    start.serve(pages.routes());
    Ok(())
}

/// For how long a file is kept after its last certificate (电子签名法 24), as the rulebook has it.
fn retention() -> Result<Term, StartError> {
    let book = Rulebook::builtin().map_err(about("rulebook"))?;
    let rules = book.rules(RULES).ok_or_else(|| about("rulebook")("no rule set m15"))?;
    rules.term(ParameterName::Retention).map_err(about("rulebook"))
}
