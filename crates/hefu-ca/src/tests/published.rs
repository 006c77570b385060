//! Whoever knows what is published, in a test: says what it is told to say.

use std::sync::Mutex;

use hefu_certificate::LawScope;
use hefu_rulebook::{Blame, Citation, Explain, Kind, Language};

use crate::{PolicyQuestion, PolicyRefusal, PolicyStanding};

/// Says yes until it is told to say no; remembers what it was asked.
#[derive(Default)]
pub(super) struct Published {
    withdrawn: Mutex<bool>,
    pub(super) asked: Mutex<Vec<(Vec<String>, LawScope)>>,
}

impl Published {
    pub(super) fn withdraw(&self) {
        *self.withdrawn.lock().unwrap() = true;
    }

    pub(super) fn publish(&self) {
        *self.withdrawn.lock().unwrap() = false;
    }
}

impl PolicyStanding for Published {
    fn stands(&self, question: &PolicyQuestion<'_>) -> Result<(), PolicyRefusal> {
        self.asked
            .lock()
            .unwrap()
            .push((question.policies.to_vec(), question.scope));
        if *self.withdrawn.lock().unwrap() {
            return Err(PolicyRefusal::of(&Unpublished));
        }
        Ok(())
    }
}

#[derive(Debug, thiserror::Error)]
#[error("nothing is published")]
struct Unpublished;

impl Explain for Unpublished {
    fn code(&self) -> &'static str {
        "policy-not-published"
    }

    fn kind(&self) -> Kind {
        Kind::Refusal
    }

    fn blame(&self) -> Blame {
        Blame::CertificationAuthority
    }

    fn citation(&self) -> Option<Citation> {
        Some(Citation::new("ESL", "19"))
    }

    fn message(&self, language: Language) -> String {
        match language {
            Language::Chinese => "什么也没有公布".to_owned(),
            Language::English => self.to_string(),
        }
    }
}
