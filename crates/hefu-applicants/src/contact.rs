//! With whom the provider corresponds: who stands behind an applicant, and by which mail address.

use crate::applicant::{Applicant, Organisation, Person};

impl Applicant {
    /// The person who is written to: the applicant, who acts for an organisation, who answers for a device.
    #[must_use]
    pub fn contact(&self) -> &Person {
        match self {
            Self::Person(person) | Self::Staff { person, .. } => person,
            Self::Organisation(organisation) => acting(organisation),
            Self::Device { responsible, .. } => responsible,
        }
    }
}

/// The agent where there is one, else the legal representative.
fn acting(organisation: &Organisation) -> &Person {
    match organisation.agent() {
        Some(agent) => agent.person(),
        None => organisation.legal_representative(),
    }
}

impl Person {
    /// The mail address, if one was given. Personal.
    #[must_use]
    pub fn email(&self) -> Option<&str> {
        self.email.as_deref()
    }
}
