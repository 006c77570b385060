//! The assessor: reads the logs of this process, verifies each against its seal, and keeps what they show of the law's
//! obligations, so that a page need not read a million records again.
//!
//! The same gathering and judgement as `hefu conformance` (`hefu-conformance`). Records that do not hold are no evidence;
//! zones that run elsewhere are named as not looked at. What it does not know: who asks.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use hefu_conformance::{Doubt, Gathered, Gathering, Question, Report, judge};
use hefu_records::{READ_MAX, Records};
use hefu_rulebook::{
    Blame, Bound, Calendar, Citation, Confirmations, Counting, Explain, Kind, Language, Rulebook, day_of,
};
use hefu_web::{Clock, Zones};
use jiff::{SignedDuration, Timestamp};

/// Every zone that keeps records, whichever process it runs in.
const ALL_ZONES: [&str; 4] = ["ra", "ca", "kmc", "status"];
/// What was gathered is good for so long: whoever turns pages or changes a filter sees one and the same state.
const FRESH_FOR: SignedDuration = SignedDuration::from_secs(60);
/// How long a page waits for a new look; some hundred thousand records are read in that time.
const PATIENCE: Duration = Duration::from_secs(15);

/// Judges obligations by the logs of this process.
pub struct Assessor {
    room: Arc<Room>,
}

struct Room {
    zones: Zones,
    book: Rulebook,
    calendar: Calendar,
    clock: Clock,
    /// The last look by rule set.
    looks: Mutex<BTreeMap<String, Arc<Look>>>,
    /// One look at a time.
    looking: tokio::sync::Mutex<()>,
}

/// What the logs showed at a time.
struct Look {
    at: Timestamp,
    gathered: Gathered,
}

/// Why there is no report.
#[derive(Debug, thiserror::Error)]
pub enum AssessorError {
    /// There is no such rule set.
    #[error("there is no rule set {0}")]
    NoSuchRules(String),
    /// The logs are still being read.
    #[error("the records are still being read; please load this page again in a minute")]
    UnderWay,
    /// The product's own data cannot be read.
    #[error("the rules of this program cannot be read: {0}")]
    Rules(String),
}

impl Explain for AssessorError {
    fn code(&self) -> &'static str {
        match self {
            Self::NoSuchRules(_) => "no-such-rule-set",
            Self::UnderWay => "assessment-under-way",
            Self::Rules(_) => "rules-unreadable",
        }
    }

    fn kind(&self) -> Kind {
        match self {
            Self::NoSuchRules(_) => Kind::Absent,
            Self::UnderWay => Kind::Refusal,
            Self::Rules(_) => Kind::Fault,
        }
    }

    fn blame(&self) -> Blame {
        match self {
            Self::NoSuchRules(_) | Self::UnderWay => Blame::Caller,
            Self::Rules(_) => Blame::Hefu,
        }
    }

    fn citation(&self) -> Option<Citation> {
        None
    }

    fn message(&self, language: Language) -> String {
        match (self, language) {
            (Self::NoSuchRules(code), Language::Chinese) => format!("没有规则集 {code}"),
            (Self::UnderWay, Language::Chinese) => "正在读取记录，请一分钟后重新打开本页".to_owned(),
            (Self::Rules(_), Language::Chinese) => "程序自带的规则无法读取".to_owned(),
            (_, Language::English) => self.to_string(),
        }
    }
}

impl Assessor {
    /// An assessor of these logs, with the rules and the calendar that the program carries.
    ///
    /// # Errors
    /// [`AssessorError::Rules`].
    pub fn new(zones: Zones, clock: Clock) -> Result<Self, AssessorError> {
        Ok(Self {
            room: Arc::new(Room {
                zones,
                book: Rulebook::builtin().map_err(|why| AssessorError::Rules(why.to_string()))?,
                calendar: Calendar::builtin().map_err(|why| AssessorError::Rules(why.to_string()))?,
                clock,
                looks: Mutex::default(),
                looking: tokio::sync::Mutex::default(),
            }),
        })
    }

    /// The rules.
    #[must_use]
    pub fn book(&self) -> &Rulebook {
        &self.room.book
    }

    /// The report on the obligations of one party under a rule set, by what the logs showed within the last minute; an older
    /// look where a new one takes long.
    ///
    /// # Errors
    /// [`AssessorError::NoSuchRules`], [`AssessorError::UnderWay`].
    pub async fn report(&self, set: &str, bound: Bound) -> Result<Report, AssessorError> {
        let room = &self.room;
        let rules = room.book.rules(set);
        let rules = rules.ok_or_else(|| AssessorError::NoSuchRules(set.to_owned()))?;
        let look = self.look(set).await?;
        let question = Question {
            rules,
            confirmations: &Confirmations::over(&room.book, []),
            on: day_of(look.at),
            bound,
            at: look.at,
        };
        Ok(judge(&question, &look.gathered))
    }

    async fn look(&self, set: &str) -> Result<Arc<Look>, AssessorError> {
        if let Some(look) = self.room.fresh(set) {
            return Ok(look);
        }
        let (room, name) = (Arc::clone(&self.room), set.to_owned());
        // To its end, also when whoever asked goes away: the next one finds it done.
        let making = tokio::spawn(async move { room.make(&name).await });
        let made = tokio::time::timeout(PATIENCE, making).await;
        drop(made);
        self.room.last(set).ok_or(AssessorError::UnderWay)
    }
}

impl Room {
    fn last(&self, set: &str) -> Option<Arc<Look>> {
        let looks = self.looks.lock().unwrap_or_else(PoisonError::into_inner);
        looks.get(set).cloned()
    }

    fn fresh(&self, set: &str) -> Option<Arc<Look>> {
        let now = (self.clock)();
        self.last(set).filter(|look| now.duration_since(look.at) < FRESH_FOR)
    }

    /// Looks anew, unless somebody did while this one waited.
    async fn make(&self, set: &str) {
        let _one = self.looking.lock().await;
        if self.fresh(set).is_some() {
            return;
        }
        let at = (self.clock)();
        let Some(gathered) = self.gather(set, at).await else {
            return;
        };
        let look = Arc::new(Look { at, gathered });
        let mut looks = self.looks.lock().unwrap_or_else(PoisonError::into_inner);
        looks.insert(set.to_owned(), look);
    }

    async fn gather(&self, set: &str, at: Timestamp) -> Option<Gathered> {
        let rules = self.book.rules(set)?;
        let mut gathering = Gathering::new(rules, Counting::by(&self.calendar), at);
        for zone in ALL_ZONES {
            let read = match self.zones.get(zone) {
                Some(records) => read(&mut gathering, zone, records).await,
                None => Err(Doubt::Absent { zone: zone.to_owned() }),
            };
            if let Err(doubt) = read {
                gathering.doubt(doubt);
            }
        }
        Some(gathering.finish())
    }
}

/// Verifies one log and reads it.
async fn read(gathering: &mut Gathering<'_>, zone: &str, records: &Records) -> Result<(), Doubt> {
    let unreadable = |why: String| Doubt::Unreadable {
        zone: zone.to_owned(),
        why,
    };
    let proof = records.verify().await.map_err(|why| unreadable(why.to_string()))?;
    if !proof.is_sound() {
        return Err(Doubt::Unsound {
            zone: zone.to_owned(),
            findings: proof.findings.len() as u64 + proof.unnamed,
        });
    }
    let mut next = 0;
    loop {
        let entries = records.read(next, READ_MAX).await;
        let entries = entries.map_err(|why| unreadable(why.to_string()))?;
        for entry in &entries {
            gathering.take(zone, entry);
        }
        next += entries.len() as u64;
        if entries.len() < READ_MAX as usize {
            return Ok(());
        }
    }
}
