//! From what an officer says of a step to the step: words as they are, proofs looked up in the applicant's file.
//!
//! The file is asked before an act queues, outside of every transaction: checks and agreements never change once they
//! were made. Words cost no visit to anything.

use hefu_certificate::LawScope;

use super::error::DeskError;
use super::{Desk, Refused};
use crate::application::Form;
use crate::case_file::{AgreementKind, AgreementProof, Basis, Holder, ProofError, Why, is_number};
use crate::contract::{Contract, ContractInput, Notice, NoticeInput};
use crate::entry::Sections;
use crate::identity::{Identity, IdentityInput};
use crate::stage::StepName;

/// What of a new application must be looked up.
pub(super) struct Said {
    pub(super) applicant: Option<String>,
    pub(super) notice: Option<Basis<NoticeInput>>,
    pub(super) contract: Option<Basis<ContractInput>>,
    pub(super) identity: Option<Basis<IdentityInput>>,
}

impl Desk {
    /// Looks up what a new application stands on.
    pub(super) async fn sections(&self, said: Said, about: &str) -> Result<Sections, DeskError> {
        let holder = match &said.applicant {
            Some(applicant) => Some((applicant.clone(), self.holder(applicant).await?)),
            None => None,
        };
        let notice = match said.notice {
            Some(notice) => Some(self.notice(notice).await?),
            None => None,
        };
        let contract = match said.contract {
            Some(contract) => Some(self.contract(contract).await?),
            None => None,
        };
        let identity = match said.identity {
            Some(identity) => Some(self.identity(identity, about).await?),
            None => None,
        };
        Ok(Sections {
            holder,
            notice,
            contract,
            identity,
        })
    }

    async fn holder(&self, applicant: &str) -> Result<Holder, DeskError> {
        if !is_number(applicant) {
            return Err(unknown(StepName::Identity).into());
        }
        self.room.files.holder(applicant).await.map_err(DeskError::File)
    }

    /// A notice, in words or out of the file.
    pub(super) async fn notice(&self, said: Basis<NoticeInput>) -> Result<Notice, DeskError> {
        match said {
            Basis::Words(words) => Ok(words.try_into()?),
            Basis::Proof(number) => Ok(Notice::proven(self.agreement(&number, StepName::Notice).await?)),
        }
    }

    /// A contract, in words or out of the file.
    pub(super) async fn contract(&self, said: Basis<ContractInput>) -> Result<Contract, DeskError> {
        match said {
            Basis::Words(words) => Ok(words.try_into()?),
            Basis::Proof(number) => Ok(Contract::proven(self.agreement(&number, StepName::Contract).await?)),
        }
    }

    /// A verification of identity, in words or out of the file; `about` is an application's or a serial number.
    pub(super) async fn identity(&self, said: Basis<IdentityInput>, about: &str) -> Result<Identity, DeskError> {
        let number = match said {
            Basis::Words(words) => return Ok(words.try_into()?),
            Basis::Proof(number) => number,
        };
        let found = if is_number(&number) {
            self.room.files.check(&number, about).await.map_err(DeskError::File)?
        } else {
            None
        };
        let found = found.filter(|proof| proof.about == about && proof.number == number);
        Ok(Identity::proven(found.ok_or(unknown(StepName::Identity))?))
    }

    async fn agreement(&self, number: &str, step: StepName) -> Result<AgreementProof, DeskError> {
        let found = if is_number(number) {
            self.room.files.agreement(number).await.map_err(DeskError::File)?
        } else {
            None
        };
        let agreed = found.filter(|agreed| agreed.proof.number == number);
        let agreed = agreed.ok_or(unknown(step))?;
        let fits = matches!(
            (agreed.proof.kind, step),
            (AgreementKind::Notice, StepName::Notice) | (AgreementKind::Contract, StepName::Contract)
        );
        match (fits, agreed.in_force) {
            (true, true) => Ok(agreed.proof),
            (false, _) => Err(unknown(step).into()),
            (true, false) => Err(ProofError::new(Why::Superseded, step, LawScope::Signature).into()),
        }
    }

    /// Notes the key of an application in the applicant's file: a key that another file has is refused there.
    pub(super) async fn note_key(&self, form: &Form) -> Result<(), DeskError> {
        let Some(applicant) = &form.applicant else {
            return Ok(());
        };
        let files = &self.room.files;
        let noted = files.note_key(applicant, form.key_digest, form.entered_by, form.entered_at);
        noted.await.map_err(DeskError::File)
    }

    /// Records a refusal on the way, if it is one.
    pub(super) async fn or_refused<T>(&self, outcome: Result<T, DeskError>, refused: Refused) -> Result<T, DeskError> {
        match outcome {
            Ok(value) => Ok(value),
            Err(error) => Err(self.refuse(error, refused).await),
        }
    }
}

/// No such proof; only the law's road asks for proofs, so its article is named.
fn unknown(step: StepName) -> ProofError {
    ProofError::new(Why::Unknown, step, LawScope::Signature)
}
