//! Changes of status: what an officer asks of the certification authority for a certificate or a pair.
//!
//! Like issuance: the request is stored under a number of its own before it is sent, and stays open until the
//! authority's signed word is here. One change at a time for a pair; an open one is settled before the next begins.

use hefu_officers::OfficerId;
use jiff::Timestamp;
use registration_protocol::{ChangeStatus, Item, RequestId, StatusAct as ProtocolAct};

use crate::application::{ApplicationId, Reason, Salt};
use crate::certificate::StatusAct;
use crate::facts;
use crate::identity::Identity;

/// A change that was asked for and is not settled.
#[derive(Clone, Debug)]
pub struct StatusChange {
    pub(crate) request: RequestId,
    pub(crate) application: ApplicationId,
    /// The serial number that stands for the pair.
    pub(crate) serial: String,
    pub(crate) act: StatusAct,
    pub(crate) identity: Identity,
    pub(crate) reason: Reason,
    pub(crate) salt: Salt,
    pub(crate) by: OfficerId,
    pub(crate) at: Timestamp,
}

impl StatusChange {
    /// The request's number, in hexadecimal.
    #[must_use]
    pub fn number(&self) -> String {
        hex::encode(self.request)
    }

    /// The item for the certification authority; the same each time it is asked for.
    #[must_use]
    pub fn item(&self) -> Item {
        let act = match self.act {
            StatusAct::Suspend => ProtocolAct::Suspend,
            StatusAct::Resume => ProtocolAct::Resume,
            StatusAct::Revoke(ground) => ProtocolAct::Revoke {
                ground: ground.slug().to_owned(),
                invalidity: None,
            },
        };
        Item::ChangeStatus(ChangeStatus {
            request_id: self.request,
            serial: self.serial.clone(),
            act,
            approval: facts::leaf(&facts::change_requested(self)),
        })
    }
}
