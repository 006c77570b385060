//! Looking things up. Who may look is decided where the call comes in; nothing here changes anything.

use gm_suite::PublicKey;
use hefu_database::DatabaseError;
use jiff::Timestamp;

use super::Desk;
use super::error::DeskError;
use crate::application::ApplicationId;
use crate::case::{ApplicationError, Case};
use crate::certificate::{Certificate, CertificateError, Delivery};
use crate::list::{self, EndingIn, Find, FindApplications, PAGE_MAX, Page, page_size, serial_number};
use crate::store;
use crate::view::{ApplicationView, CertificateView};

impl Desk {
    /// One application, with its certificates once it is issued.
    ///
    /// # Errors
    /// [`ApplicationError::Unknown`], or a fault of the database.
    pub async fn application(&self, id: ApplicationId) -> Result<ApplicationView, DeskError> {
        let mut view = self.application_alone(id).await?;
        if let Some(applicant) = &view.applicant {
            let alike = self.room.files.look_alikes(applicant).await;
            view.look_alikes = alike.map_err(DeskError::File)?;
        }
        Ok(view)
    }

    async fn application_alone(&self, id: ApplicationId) -> Result<ApplicationView, DeskError> {
        let mut connection = self.room.database.read().await?;
        let case = store::load(&mut connection, &[id])
            .await?
            .remove(&id)
            .ok_or(ApplicationError::Unknown(id))?;
        if !matches!(case, Case::Issued(_)) {
            return Ok(ApplicationView::of(&case));
        }
        let certificates = store::certificates_of(&mut connection, id).await?;
        let digest = certificates
            .first()
            .map(|certificate| certificate.issuer.clone())
            .unwrap_or_default();
        let issuer = store::issuer_of(&mut connection, &digest).await?;
        let key = PublicKey::from_spki(&case.form().public_key).map_err(|_| DatabaseError::Corrupt {
            detail: "ra_application has an impossible public_key".to_owned(),
        })?;
        let delivery = Delivery {
            key: key.algorithm(),
            certificates,
            issuer,
        };
        Ok(ApplicationView::delivered(&case, &delivery))
    }

    /// A page of applications, newest first, without their certificates.
    ///
    /// # Errors
    /// A fault of the database.
    pub async fn applications(&self, find: &FindApplications) -> Result<Page<ApplicationView>, DeskError> {
        let limit = page_size(find.limit);
        let mut connection = self.room.database.read().await?;
        let found = store::applications(&mut connection, find.stage, find.after, i64::from(limit) + 1).await?;
        Ok(Page::cut(
            found,
            limit,
            |case| case.id().to_string(),
            |case| ApplicationView::of(&case),
        ))
    }

    /// The newest applications out of one applicant's file, without their certificates; at most [`PAGE_MAX`].
    ///
    /// # Errors
    /// A fault of the database.
    pub async fn applications_of(&self, applicant: &str) -> Result<Vec<ApplicationView>, DeskError> {
        let mut connection = self.room.database.read().await?;
        let found = store::applications_of(&mut connection, applicant, i64::from(PAGE_MAX)).await?;
        Ok(found.iter().map(ApplicationView::of).collect())
    }

    /// When the last certificate ends that was issued out of an applicant's file; `None` where none was.
    ///
    /// # Errors
    /// A fault of the database.
    pub async fn last_end_of(&self, applicant: &str) -> Result<Option<Timestamp>, DeskError> {
        Ok(store::last_end_of(&mut *self.room.database.read().await?, applicant).await?)
    }

    /// One certificate, by its serial number.
    ///
    /// # Errors
    /// [`CertificateError::Unknown`], or a fault of the database.
    pub async fn certificate(&self, serial: &str, now: Timestamp) -> Result<CertificateView, DeskError> {
        let serial = serial_number(serial)?;
        let mut connection = self.room.database.read().await?;
        let pair = store::pair_of(&mut connection, &serial).await?;
        let certificate = pair.into_iter().next().ok_or(CertificateError::Unknown)?;
        Ok(CertificateView::of(certificate, now))
    }

    /// A page of certificates.
    ///
    /// # Errors
    /// A fault of the database.
    pub async fn certificates(&self, find: Find, now: Timestamp) -> Result<Page<CertificateView>, DeskError> {
        let find = find.tidied();
        let limit = page_size(find.limit);
        let mut connection = self.room.database.read().await?;
        let found = store::certificates(&mut connection, &find, now, i64::from(limit) + 1).await?;
        let show = |certificate| CertificateView::of(certificate, now);
        Ok(Page::cut(found, limit, |certificate| certificate.serial.clone(), show))
    }

    /// How many certificates in force end in this month and the next ones; what renewal will have to do.
    ///
    /// # Errors
    /// A fault of the database.
    pub async fn forecast(&self, months: Option<u32>, now: Timestamp) -> Result<Vec<EndingIn>, DeskError> {
        let months = list::months(now, months);
        let mut connection = self.room.database.read().await?;
        // What ended earlier in this month is over, not ahead.
        let spans = months.windows(2).filter_map(|pair| match pair {
            [(_, from), (_, until)] => Some((now.max(*from), *until)),
            _ => None,
        });
        let counts = store::ends(&mut connection, spans).await?;
        let ending = months.iter().zip(counts);
        Ok(ending.map(|(&(month, _), count)| EndingIn { month, count }).collect())
    }

    /// A certificate and the application that it came from.
    pub(super) async fn certificate_with_case(&self, serial: &str) -> Result<(Certificate, Case), DeskError> {
        let serial = serial_number(serial)?;
        let mut connection = self.room.database.read().await?;
        let pair = store::pair_of(&mut connection, &serial).await?;
        let certificate = pair.into_iter().next().ok_or(CertificateError::Unknown)?;
        let id = certificate.application;
        let case = store::load(&mut connection, &[id])
            .await?
            .remove(&id)
            .ok_or(ApplicationError::Unknown(id))?;
        Ok((certificate, case))
    }
}
