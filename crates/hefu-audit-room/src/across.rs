//! Records of several zones in one list, newest first, page by page.
//!
//! Each zone has its own log; what happened at the same microsecond stands in the order of the zones' names, so that a page
//! begins exactly where the one before it ended.

use hefu_records::{Find, Records, RecordsError, Seen};
use hefu_web::Zones;
use jiff::Timestamp;

/// Which kinds of records.
#[derive(Clone, Debug)]
pub(crate) enum Which {
    /// Every kind.
    All,
    /// These.
    These(Vec<String>),
    /// Refusals, whatever a zone calls them.
    Refusals,
}

/// A record with its zone.
#[derive(Debug)]
pub(crate) struct Found {
    pub(crate) zone: &'static str,
    pub(crate) at: Timestamp,
    pub(crate) seen: Seen,
}

/// One page.
#[derive(Debug)]
pub(crate) struct Page {
    pub(crate) items: Vec<Found>,
    pub(crate) next: Option<String>,
}

/// Where a page ended.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(crate) struct Place {
    at: Timestamp,
    zone: String,
    index: u64,
}

impl Place {
    /// Reads `MICROSECONDS-ZONE-INDEX`.
    pub(crate) fn parse(text: &str) -> Option<Self> {
        let (at, rest) = text.split_once('-')?;
        let (zone, index) = rest.rsplit_once('-')?;
        Some(Self {
            at: Timestamp::from_microsecond(at.parse().ok()?).ok()?,
            zone: zone.to_owned(),
            index: index.parse().ok()?,
        })
    }

    fn of(found: &Found) -> String {
        format!("{}-{}-{}", found.at.as_microsecond(), found.zone, found.seen.index)
    }

    /// Where the list of one zone goes on.
    fn within(&self, zone: &str) -> (Timestamp, u64) {
        // Nothing of this moment of a zone before, all of a zone after, and the rest of the zone itself.
        let index = match zone.cmp(self.zone.as_str()) {
            std::cmp::Ordering::Less => 0,
            std::cmp::Ordering::Equal => self.index,
            std::cmp::Ordering::Greater => i64::MAX.unsigned_abs(),
        };
        (self.at, index)
    }
}

async fn kinds(which: &Which, records: &Records) -> Result<Vec<String>, RecordsError> {
    match which {
        Which::All => Ok(Vec::new()),
        Which::These(kinds) => Ok(kinds.clone()),
        Which::Refusals => hefu_web::refusals(records).await,
    }
}

/// One page of `find.limit` records over all zones, after a place.
pub(crate) async fn find(
    zones: &Zones,
    which: &Which,
    find: &Find,
    after: Option<&Place>,
) -> Result<Page, RecordsError> {
    let mut items = Vec::new();
    let mut is_more = false;
    for (zone, records) in zones {
        let own = Find {
            kinds: kinds(which, records).await?,
            after: after.map(|place| place.within(zone)),
            ..find.clone()
        };
        let found = records.find(&own).await?;
        is_more |= found.is_more;
        items.extend(found.items.into_iter().filter_map(|seen| {
            let at = seen.entry.as_ref()?.at;
            Some(Found { zone, at, seen })
        }));
    }
    items.sort_by(|one, other| {
        let time = other.at.cmp(&one.at);
        time.then(one.zone.cmp(other.zone))
            .then(other.seen.index.cmp(&one.seen.index))
    });
    let limit = find.limit as usize;
    is_more |= items.len() > limit;
    items.truncate(limit);
    let next = items.last().filter(|_| is_more).map(Place::of);
    Ok(Page { items, next })
}
