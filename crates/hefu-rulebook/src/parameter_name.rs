//! The parameters that code may ask for. A number of the law reaches code only through one of these names.
//!
//! A new law that lacks one of them shows as a gap of its rule set; data that lack one altogether, or hold it in
//! another shape, stop the start.

use std::fmt;

use crate::citation::Citation;

/// What shape a parameter must have to be usable.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Shape {
    /// A length of time.
    Term,
    /// A number of persons, items or yuan.
    Amount,
    /// A day of every year.
    YearDay,
}

macro_rules! names {
    ($($(#[$doc:meta])* $variant:ident = $instrument:literal, $article:literal, $own:literal, $shape:ident;)+) => {
        /// A parameter by name. Each variant says where it stands in the measures in force, or, if only they have
        /// it, in the e-government measures.
        #[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
        pub enum ParameterName {
            $($(#[$doc])* $variant,)+
        }

        impl ParameterName {
            /// All of them.
            pub const ALL: &'static [Self] = &[$(Self::$variant,)+];

            /// The name in the data, such as "ESL-24.retention".
            #[must_use]
            pub const fn as_str(self) -> &'static str {
                match self { $(Self::$variant => concat!($instrument, "-", $article, ".", $own),)+ }
            }

            /// Where it stands.
            #[must_use]
            pub const fn citation(self) -> Citation {
                match self { $(Self::$variant => Citation::new($instrument, $article),)+ }
            }

            /// The shape it must have.
            #[must_use]
            pub const fn shape(self) -> Shape {
                match self { $(Self::$variant => Shape::$shape,)+ }
            }
        }
    };
}

names! {
    /// Time for the decision on a licence, or on the e-government qualification.
    LicenceDecision = "ESL", "18", "decision", Term;
    /// Telling those concerned before the service is suspended or ended.
    EndToldToParties = "ESL", "23", "parties-told", Term;
    /// Reporting to the department before the service is suspended or ended.
    EndToldToRegulator = "ESL", "23", "regulator-told", Term;
    /// Keeping certification information after the certificate ceases to be valid.
    Retention = "ESL", "24", "retention", Term;
    /// The bar on persons responsible for a revoked licence.
    PersonsBarred = "ESL", "31", "bar", Term;
    /// Fewest staff.
    Staff = "M15", "5", "staff", Amount;
    /// Smallest registered capital, in yuan.
    RegisteredCapital = "M15", "5", "registered-capital", Amount;
    /// Documents of an application for the licence.
    ApplicationDocuments = "M15", "6", "documents", Amount;
    /// Time to ask an applicant for the licence for what is missing.
    SupplementRequest = "M15", "7", "supplement", Term;
    /// Fewest officers of an inspection on site.
    InspectionOfficers = "M15", "8", "officers", Amount;
    /// How long a licence is valid.
    LicenceValidity = "M15", "10", "validity", Term;
    /// Time to file a change of name, domicile, legal representative or capital.
    LicenceChange = "M15", "13", "change", Term;
    /// How long before its expiry the renewal of a licence is applied for.
    LicenceRenewal = "M15", "14", "renewal", Term;
    /// Time to publish the particulars of a renewed licence.
    RenewalPublication = "M15", "14", "publication", Term;
    /// Time to file a changed practice statement or policy after its publication.
    PracticeStatementFiling = "M15", "15", "filing", Term;
    /// Services that must be assured.
    Services = "M15", "17", "services", Amount;
    /// Things an applicant for a certificate is told beforehand.
    Notices = "M15", "21", "notices", Amount;
    /// Contents of a certificate.
    CertificateItems = "M15", "28", "items", Amount;
    /// Grounds of revocation.
    RevocationGrounds = "M15", "29", "grounds", Amount;
    /// Time for the formal review of an application for the e-government qualification.
    FormalReview = "EG24", "8", "formal-review", Term;
    /// Time to file a delegation of registration.
    DelegationFiling = "EG24", "25", "filing", Term;
    /// How many levels deep registration may be delegated.
    DelegationDepth = "EG24", "25", "delegation-depth", Amount;
    /// Longest time from one assessment of compliance to the next.
    ComplianceAssessment = "EG24", "26", "assessment", Term;
    /// The day by which the report on the past year is due.
    AnnualReport = "EG24", "35", "report", YearDay;
    /// Time to report an incident.
    IncidentReport = "EG24", "36", "report", Term;
    /// Shortest public consultation on a draft rule.
    Consultation = "RP17", "15", "consultation", Term;
    /// Announcing a hearing on a draft rule.
    RuleHearingNotice = "RP17", "16", "hearing-notice", Term;
    /// Shortest second consultation.
    SecondConsultation = "RP17", "21", "consultation", Term;
    /// Shortest time from promulgation to force.
    InForceAfter = "RP17", "32", "in-force", Term;
    /// Time to file a promulgated rule.
    RuleFiling = "RP17", "34", "filing", Term;
    /// Time for the decision on any licence for which no other time is set.
    AnyLicenceDecision = "AL19", "42", "decision", Term;
    /// The extension of that time.
    AnyLicenceExtension = "AL19", "42", "extension", Term;
    /// Time to ask for a hearing on a licence.
    LicenceHearingRequest = "AL19", "47", "hearing-request", Term;
    /// Time to hold it.
    LicenceHearing = "AL19", "47", "hearing", Term;
    /// Time for the decision on a penalty.
    PenaltyDecision = "AP21", "60", "decision", Term;
    /// Time to serve it.
    PenaltyService = "AP21", "61", "service", Term;
    /// Time to ask for a hearing on a penalty.
    PenaltyHearingRequest = "AP21", "64", "hearing-request", Term;
    /// Announcing that hearing.
    PenaltyHearingNotice = "AP21", "64", "hearing-notice", Term;
    /// Time to pay a fine.
    FinePayment = "AP21", "67", "payment", Term;
}

impl fmt::Display for ParameterName {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.pad(self.as_str())
    }
}
