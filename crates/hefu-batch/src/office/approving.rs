//! Approving what is ready. Each approval is the registration desk's own act with its own record; an approval that an
//! end of the program interrupts is found by the desk when it is asked again.

use hefu_officers::OfficerId;
use tokio::task::JoinSet;

use super::checking::limit;
use super::{Office, Then, Turn};
use crate::error::BatchError;
use crate::finding::Finding;
use crate::intake::{Approved, Declined};
use crate::store;

impl Office {
    pub(super) fn approve_in_background(&self, turn: Turn, by: OfficerId, then: Then) {
        let office = self.clone();
        tokio::spawn(async move {
            // A fault ends the round; what was approved stays, and an officer may ask again.
            office.told(turn.id, office.approve_ready(&turn, by, then).await);
            drop(turn);
        });
    }

    async fn approve_ready(&self, turn: &Turn, by: OfficerId, then: Then) -> Result<(), BatchError> {
        let id = turn.id;
        let mut after = 0;
        while !turn.is_stopped() {
            let portion = store::unapproved(&mut *self.room.database.read().await?, id, after, limit()).await?;
            let Some((last, _)) = portion.last() else { break };
            after = *last;
            let mut flight = JoinSet::new();
            for (place, application) in portion {
                let office = self.clone();
                flight.spawn(async move {
                    let answer = office.room.intake.approve(by, &application, then, office.now()).await;
                    (place, answer)
                });
            }
            let mut saved = Vec::new();
            let mut faulty = None;
            while let Some(landed) = flight.join_next().await {
                let (place, answer) = landed.map_err(|_| BatchError::Closed)?;
                match answer {
                    Ok(Approved::Yes) => saved.push((place, "approved", Vec::new())),
                    Ok(Approved::NotReady(stage)) => saved.push((place, "not-ready", vec![not_ready(&stage)])),
                    Err(Declined::Refused(finding)) => saved.push((place, "refused", vec![*finding])),
                    Err(Declined::Fault(why)) => faulty = Some(BatchError::Intake(why)),
                }
            }
            self.write(move |connection| {
                Box::pin(async move { Ok(store::save_approvals(connection, id, &saved).await?) })
            })
            .await?;
            if let Some(error) = faulty {
                return Err(error);
            }
        }
        Ok(())
    }
}

fn not_ready(stage: &str) -> Finding {
    Finding::new(
        "not-ready",
        format!("申请尚未到审批一步（{stage}）"),
        format!("the application is {stage}: approval is not the next step yet"),
    )
}
